"""Tests of tidegate.proxy.forward.forward_proxy: the block of tidegate.yaml as a running thing."""

import json
from pathlib import Path

from tests.fuzz.house import RawApp
from tests.proxy.forward.forward_town import CONNECT, LAST, OK, forwarded, statuses, told
from tests.proxy.town import Town
from tidegate.proxy.configured_vendors import ConfigChange
from tidegate.proxy.forward.certificate_authority import make_authority


async def told_at(town: Town, port: int, data: bytes) -> bytes:
    one = await town.world.connect(RawApp, "127.0.0.1", port, tls=None, server_name="")
    one.transport.write(data)
    await one.ended.wait()
    return one.received


def test_a_port_of_its_own_takes_its_requests_and_the_gateways_does_not(tmp_path: Path) -> None:
    gateway = b"GET /things/things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: x\r\nConnection: close\r\n\r\n"

    async def story(town: Town) -> list[int]:
        port = town.proxy.forward.port
        assert port is not None
        found = [await told_at(town, port, CONNECT + LAST), await told_at(town, port, gateway)]
        found += [await told(town, CONNECT), await told(town, gateway)]
        return [statuses(each)[-1] for each in found]

    settings = {"listen": "127.0.0.1:0"}
    assert forwarded(tmp_path, [OK, OK], story, forward=settings) == [200, 400, 421, 200]


def test_a_change_of_the_rules_is_in_force_from_the_next_request_on(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        first = await told(town, CONNECT, LAST)
        forward = town.proxy.config.forward
        assert forward is not None
        rule = {"hosts": ["things.example"], "action": "deny"}
        changed = type(forward).model_validate({"ca": forward.ca, "rules": [rule]}, strict=False)
        town.proxy.change(ConfigChange(town.proxy.config.model_copy(update={"forward": changed})))
        return statuses(first) + statuses(await told(town, CONNECT))

    assert forwarded(tmp_path, [OK], story) == [200, 200, 403]


def test_each_ca_that_comes_into_force_is_recorded_once_and_its_end_is_known(tmp_path: Path) -> None:
    async def story(town: Town) -> list[dict[str, object]]:
        forward, proxy = town.proxy.config.forward, town.proxy
        assert forward is not None
        assert forward.ca is not None
        proxy.change(ConfigChange(proxy.config.model_copy(update={"forward": forward})))
        make_authority(["things.example"], town.world.wall(), 30).write(forward.ca.folder)
        proxy.forward.read(proxy.config, {})
        proxy.change(ConfigChange(proxy.config))
        assert round((proxy.forward.authority_ends() - town.world.wall()) / 86_400.0) == 30
        assert await proxy.audit.flush(5.0)
        rows = [json.loads(row.line) for row in await proxy.parts.store.audit.rows()]
        return [row["facts"] for row in rows if row["what"] == "ca.used"]

    first, second = forwarded(tmp_path, [], story)
    assert first["certificate"] != second["certificate"]
    assert (first["hosts"], second["hosts"]) == ("things.example, open.example", "things.example")


def test_its_counts_stand_among_the_metrics(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        await told(town, CONNECT, LAST)
        return town.proxy.telemetry.metrics.render().decode()

    metrics = forwarded(tmp_path, [OK], story)
    assert 'tidegate_egress_decisions_total{reason="vendor",result="open",way="tunnel"} 1.0' in metrics
    assert 'tidegate_tunnel_handshakes_total{result="done"} 1.0' in metrics
