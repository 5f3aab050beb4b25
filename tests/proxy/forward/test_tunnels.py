"""Tests of tidegate.proxy.forward.tunnels."""

from pathlib import Path

import pytest

from tests.proxy.forward.forward_town import CONNECT, HOST, LAST, OK, app, echo_host, forwarded, get, statuses, told
from tests.proxy.policies.destinations.test_client_hello import hello
from tests.proxy.town import Town

ECHO = CONNECT.replace(HOST.encode(), b"echo.example")
RULES = {"rules": [{"hosts": ["echo.example"], "action": "tunnel"}], "idle": "50s", "tunnels_max": 2}


def test_tunnels_are_counted_while_they_are_open_and_when_they_end(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await echo_host(town, "echo.example", "93.184.216.40")
        one = await app(town)
        one.transport.write(ECHO + b"hello")
        await town.world.sleep(1.0)
        tunnels, log = town.proxy.forward.onramp.tunnels, town.proxy.forward.log
        assert len(tunnels) == 1
        one.transport.abort()
        await town.world.sleep(1.0)
        assert (len(tunnels), log.tunnels["tunnel", "app"]) == (0, 1)
        assert (log.bytes["sent",], log.bytes["received",]) == (5, 5)

    forwarded(tmp_path, [], story, forward=RULES)


def test_only_so_many_tunnels_are_open_at_once(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        await echo_host(town, "echo.example", "93.184.216.40")
        ones = [await app(town) for _ in range(3)]
        for one in ones:
            one.transport.write(ECHO)
            await town.world.sleep(1.0)
        assert "tidegate_tunnels_open 2.0" in town.proxy.telemetry.metrics.render().decode()
        return [statuses(one.received)[0] for one in ones]

    assert forwarded(tmp_path, [], story, forward=RULES) == [200, 200, 503]


def test_the_one_on_which_nothing_has_moved_for_longest_makes_room(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, list[bool], int, int]:
        await echo_host(town, "echo.example", "93.184.216.40")
        ones = [await app(town) for _ in range(2)]
        for one in ones:
            one.transport.write(ECHO)
            await town.world.sleep(1.0)
        await town.world.sleep(11.0)
        ones[0].transport.write(b"still here")
        await town.world.sleep(1.0)
        third = await app(town)
        third.transport.write(ECHO)
        await town.world.sleep(1.0)
        tunnels, log = town.proxy.forward.onramp.tunnels, town.proxy.forward.log
        gone = [one.ended.is_set() for one in ones]
        assert tunnels.make_room() is False, "something has moved on both a moment ago"
        return statuses(third.received)[0], gone, len(tunnels), log.tunnels["tunnel", "made room"]

    assert forwarded(tmp_path, [], story, forward=RULES) == (200, [False, True], 2, 1)


@pytest.mark.parametrize(
    ("named", "rule", "settings", "passes"),
    [
        ("echo.example", {}, {}, True),
        ("ECHO.Example", {}, {}, True),
        (None, {}, {}, True),
        ("evil.example", {}, {}, False),
        ("evil.example", {"server_name": "any"}, {}, True),
        ("evil.example", {}, {"mode": "warn"}, True),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_a_handshake_that_names_another_server_is_ended_before_a_byte_of_it_has_left(
    named: str | None, rule: dict[str, str], settings: dict[str, str], passes: bool, apart: bool, tmp_path: Path
) -> None:
    data = hello(named)

    async def story(town: Town) -> tuple[bytes, bool, int, list[str]]:
        ends = await echo_host(town, "echo.example", "93.184.216.40")
        one = await app(town)
        one.transport.write(ECHO if apart else ECHO + data[:100])
        await town.world.sleep(1.0)
        one.transport.write(data if apart else data[100:])
        await town.world.sleep(1.0)
        notes = [str(line["note"]) for line in town.log() if str(line.get("note", "")).startswith("egress")]
        log = town.proxy.forward.log
        return ends[0].heard, one.ended.is_set(), log.tunnels["tunnel", "server name"], notes

    rules = {"rules": [{"hosts": ["echo.example"], "action": "tunnel", **rule}], **settings}
    heard, ended, counted, notes = forwarded(tmp_path, [], story, forward=rules)
    assert (heard, ended, counted) == ((data, False, 0) if passes else (b"", True, 1))
    assert notes == (["egress denied"] if not passes else ["egress warned"] if settings else [])


@pytest.mark.parametrize(
    ("name", "address", "status", "error"),
    [
        ("inside", "10.0.0.1", 403, b"error=destination_ip_prohibited"),
        ("nobody", "", 503, b"error=dns_error"),
        ("closed", "93.184.216.50", 503, b"error=connection_refused"),
    ],
)
def test_a_host_that_is_not_reached_is_told_before_the_tunnel_begins(
    name: str, address: str, status: int, error: bytes, tmp_path: Path
) -> None:
    async def story(town: Town) -> bytes:
        if address:
            town.world.network.names["echo.example"] = address
        got = await told(town, ECHO)
        assert len(town.proxy.forward.onramp.tunnels) == 0
        return got

    got = forwarded(tmp_path, [], story, forward=RULES)
    assert (statuses(got), error in got) == ([status], True), name


def test_an_app_that_goes_while_its_host_is_connected_leaves_nothing_behind(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        town.world.network.names["echo.example"] = "93.184.216.60"
        town.world.network.black_holes["93.184.216.60"] = "93.184.216.61"
        one = await app(town)
        one.transport.write(ECHO)
        await town.world.sleep(1.0)
        assert len(town.proxy.forward.onramp.tunnels) == 1
        one.transport.abort()
        await town.world.sleep(1.0)
        assert (len(town.proxy.forward.onramp.tunnels), town.proxy.in_flight) == (0, 0)

    forwarded(tmp_path, [], story, forward=RULES)


def test_a_drain_closes_quiet_tunnels_and_lets_busy_ones_go_on(tmp_path: Path) -> None:
    async def story(town: Town) -> bool:
        await echo_host(town, "echo.example", "93.184.216.40")
        quiet, busy = await app(town), await app(town)
        for one in (quiet, busy):
            one.transport.write(ECHO)
        await town.world.sleep(2.0)
        busy.transport.write(b"x")
        await town.world.sleep(0.1)
        town.world.call_later(0.8, busy.transport.write, b"y")
        drained = await town.proxy.drain(10.0)
        assert quiet.ended.is_set()
        assert busy.received.endswith(b"xy")
        return drained

    assert forwarded(tmp_path, [], story, forward=RULES)


def test_requests_inside_an_opened_tunnel_keep_it_alive_and_a_stop_ends_it(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, list[int]]:
        one = await app(town)
        one.transport.write(CONNECT)
        for _ in range(3):
            one.transport.write(get("/api/things"))
            await town.world.sleep(20.0)
        connections = len(town.proxy.telemetry.metrics.ports["tunnels"])
        assert await town.proxy.drain(5.0)
        await town.proxy.close()
        await town.world.sleep(1.0)
        assert one.ended.is_set()
        return connections, statuses(one.received)

    assert forwarded(tmp_path, [OK, OK, OK], story) == (1, [200, 200, 200, 200])


def test_half_a_head_inside_a_tunnel_is_bounded_in_time_as_on_the_gateway(tmp_path: Path) -> None:
    got = forwarded(tmp_path, [OK], lambda town: told(town, CONNECT, LAST[:20], within_s=60.0))
    assert statuses(got) == [200, 408]
