"""Tests of tidegate.proxy.forward.forward_onramp."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.forward.forward_town import CONNECT, HOST, LAST, OK, app, echo_host, forwarded, get, statuses, told
from tests.proxy.town import APPS, SECRET, Town
from tidegate.chaos.world.virtual_world import WALL_BASE
from tidegate.proxy.config import AppToken
from tidegate.proxy.configured_vendors import ConfigChange

TUNNELLED = {"rules": [{"hosts": ["echo.example", "*.deep.example"], "action": "tunnel"}]}
TOKEN = b"Proxy-Authorization: Bearer tg_shop\r\n"


def test_a_vendors_server_is_opened_and_each_request_gets_its_pipeline_and_our_credential(tmp_path: Path) -> None:
    async def story(town: Town) -> bytes:
        got = await told(town, CONNECT, get("/api/things/1?a=b", "Authorization: Bearer own"), LAST)
        assert [(one.path, one.headers["Authorization"]) for one in town.vendor.received] == [
            ("/api/things/1?a=b", f"Bearer {SECRET}"),
            ("/api/things", f"Bearer {SECRET}"),
        ]
        assert [line["operation"] for line in town.log() if "operation" in line] == ["GetThing", "GetThings"]
        return got

    got = forwarded(tmp_path, [OK, OK], story)
    assert statuses(got) == [200, 200, 200]
    assert got.count(b"Tidegate-Attempts: 1") == 2


def test_a_write_inside_a_tunnel_is_kept_and_its_repeat_gets_the_same_answer(tmp_path: Path) -> None:
    post = get("/api/things", "Idempotency-Key: k1", method="POST", body=b"{}")

    async def story(town: Town) -> tuple[bytes, int]:
        got = await told(town, CONNECT, post, post, LAST)
        return got, len(town.vendor.received)

    got, sent = forwarded(tmp_path, [OK, OK], story)
    assert (statuses(got), sent, got.count(b"Idempotency-Replayed: true")) == ([200, 200, 200, 200], 2, 1)


def test_a_url_of_the_vendors_leads_back_to_where_the_app_asked(tmp_path: Path) -> None:
    moved = (302, {"Location": "http://things.example/api/things/2", "Link": "</api/next>; rel=next"}, b"")
    got = forwarded(tmp_path, [moved], lambda town: told(town, CONNECT, LAST))
    assert b"Location: https://things.example/api/things/2\r\n" in got
    assert b"Link: </api/next>; rel=next\r\n" in got


@pytest.mark.parametrize("origin", [b"http://things.example", b"WS://things.example", b"wss://things.example"])
def test_a_request_in_absolute_form_for_the_vendor_gets_its_pipeline(origin: bytes, tmp_path: Path) -> None:
    whole = b"GET %b/api/things HTTP/1.1\r\nHost: else.example\r\nConnection: close\r\n\r\n" % origin

    async def story(town: Town) -> bytes:
        got = await told(town, whole)
        assert town.vendor.received[0].headers["Host"] == HOST
        return got

    assert statuses(forwarded(tmp_path, [OK], story)) == [200]


def test_a_vendors_server_without_tls_is_opened_without_it_and_needs_no_ca(tmp_path: Path) -> None:
    moved = (302, {"Location": "http://things.example/api/things/2"}, b"")
    connect = CONNECT.replace(b":443", b":80")

    async def story(town: Town) -> bytes:
        got = await told(town, connect + get("/api/things"), get("/api/things", host="evil.example"))
        assert [one.headers["Authorization"] for one in town.vendor.received] == [f"Bearer {SECRET}"]
        return got

    got = forwarded(tmp_path, [moved], story, config={"forward": {}})
    assert statuses(got) == [200, 302, 421]
    assert b"Location: http://things.example/api/things/2\r\n" in got


@pytest.mark.parametrize("target", ["/api", "/api?a=/b", "/api/", "/api/?a"])
def test_the_vendors_own_base_is_asked_for_as_it_is_written(tmp_path: Path, target: str) -> None:
    async def story(town: Town) -> str:
        await told(town, CONNECT, get(target), LAST)
        return town.vendor.received[0].path

    assert forwarded(tmp_path, [OK, OK], story) == target


@pytest.mark.parametrize(
    ("request_bytes", "status", "said"),
    [
        pytest.param(b"CONNECT evil.example:443", 403, b"no rule under forward.rules covers it", id="no rule"),
        pytest.param(b"CONNECT things.example:8443", 403, b"no rule", id="another port of the vendor"),
        pytest.param(b"CONNECT echo.example:22", 403, b"no rule", id="a port that the rule does not name"),
        pytest.param(b"CONNECT things.example", 400, b"it has no port", id="no port"),
        pytest.param(b"CONNECT a@things.example:443", 400, b"it names a user", id="a user"),
        pytest.param(b"GET ftp://things.example/", 400, b"scheme ftp", id="another scheme"),
        pytest.param(b"GET http://evil.example/", 403, b"no rule", id="absolute form, no rule"),
        pytest.param(b"GET http://things.example/admin", 403, b"is not below", id="beside the base path"),
        pytest.param(b"GET http://things.example/api/../admin", 400, b"dot segment", id="a dot segment"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_reason(
    request_bytes: bytes, status: int, said: bytes, tmp_path: Path
) -> None:
    host = b"Host: " + request_bytes.partition(b" ")[2].rpartition(b"@")[2].partition(b"//")[0] + b"\r\n"

    async def story(town: Town) -> bytes:
        got = await told(town, request_bytes + b" HTTP/1.1\r\n%bConnection: close\r\n\r\n" % host)
        assert town.vendor.received == []
        return got

    got = forwarded(tmp_path, [OK], story, forward=TUNNELLED)
    assert statuses(got) == [status]
    assert said in got


def test_a_connect_that_is_refused_ends_its_connection_and_what_follows_is_never_read(tmp_path: Path) -> None:
    hidden = b"GET /things/things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: x\r\n\r\n"

    async def story(town: Town) -> tuple[list[int], int]:
        got = await told(town, b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n" + hidden, hidden)
        return statuses(got), len(town.vendor.received)

    assert forwarded(tmp_path, [OK], story) == ([403], 0)


def test_a_host_header_that_differs_from_the_target_of_connect_is_refused(tmp_path: Path) -> None:
    data = b"CONNECT things.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n"
    assert statuses(forwarded(tmp_path, [OK], lambda town: told(town, data))) == [400]


def test_inside_a_tunnel_another_host_is_refused_and_the_tunnel_ends(tmp_path: Path) -> None:
    got = forwarded(tmp_path, [OK], lambda town: told(town, CONNECT, get("/api/things", host="evil.example"), LAST))
    assert statuses(got) == [200, 421]


def test_a_tunnel_that_a_rule_allows_passes_bytes_both_ways_unread(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bytes, bytes]:
        ends = await echo_host(town, "echo.example", "93.184.216.40")
        connect = CONNECT.replace(HOST.encode(), b"echo.example")
        got = await told(town, connect + b"\x17\x03early", b"\x00\xff", within_s=5.0)
        return got, ends[0].heard

    got, heard = forwarded(tmp_path, [], story, forward=TUNNELLED)
    assert heard == b"\x17\x03early\x00\xff"
    assert got == b"HTTP/1.1 200 Connection established\r\n\r\n\x17\x03early\x00\xff"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"", 407),
        (b"Proxy-Authorization: Bearer wrong\r\n", 407),
        (b"Authorization: Bearer tg_shop\r\n", 407),
        (TOKEN, 200),
        (b"Proxy-Authorization: Basic dGdfc2hvcDo=\r\n", 200),
        (b"Proxy-Authorization: Basic YXBwOnRnX3Nob3A=\r\n", 200),
    ],
)
def test_where_apps_have_tokens_one_must_be_shown(line: bytes, status: int, tmp_path: Path) -> None:
    async def story(town: Town) -> bytes:
        return await told(town, CONNECT.removesuffix(b"\r\n") + line + b"\r\n", LAST)

    got = forwarded(tmp_path, [OK], story, config={"tokens": APPS})
    assert statuses(got)[0] == status
    if status == 407:
        assert b'Proxy-Authenticate: Basic realm="tidegate"\r\nProxy-Authenticate: Bearer' in got


def test_the_token_of_the_tunnel_is_the_app_of_every_request_inside(tmp_path: Path) -> None:
    async def story(town: Town) -> list[Any]:
        await told(town, CONNECT.removesuffix(b"\r\n") + TOKEN + b"\r\n", LAST)
        assert "Proxy-Authorization" not in town.vendor.received[0].headers
        return [line["app"] for line in town.log() if "operation" in line]

    assert forwarded(tmp_path, [OK], story, config={"tokens": APPS}) == ["shop"]


DENIED = [{"hosts": [HOST], "action": "deny"}]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (None, b"There is no forward proxy any more"),
        ({"rules": DENIED}, b"forward.rules.0 refuses it"),
        ({"rules": DENIED, "mode": "warn"}, b"is not opened any more"),
        ({"rules": []}, b""),
    ],
)
def test_a_reload_is_in_force_inside_tunnels_that_are_open(now: Any, said: bytes, tmp_path: Path) -> None:
    async def story(town: Town) -> bytes:
        one, config = await app(town), town.proxy.config
        one.transport.write(CONNECT + get("/api/things"))
        await town.world.sleep(1.0)
        assert config.forward is not None
        rules = now and type(config.forward).model_validate({"ca": config.forward.ca, **now}, strict=False)
        town.proxy.change(ConfigChange(config.model_copy(update={"forward": rules})))
        one.transport.write(LAST)
        await one.ended.wait()
        return one.received

    got = forwarded(tmp_path, [OK, OK], story)
    assert (statuses(got), said in got) == ([200, 200, 403 if said else 200], True)


def test_a_token_that_has_ended_is_good_for_no_further_request_of_its_tunnel(tmp_path: Path) -> None:
    ends = {"app": "shop", "token": "env:SHOP_TOKEN", "expires": datetime.fromtimestamp(WALL_BASE + 60, UTC)}

    async def story(town: Town) -> list[int]:
        one = await app(town)
        one.transport.write(CONNECT.removesuffix(b"\r\n") + TOKEN + b"\r\n" + get("/api/things"))
        await town.world.sleep(70.0)
        one.transport.write(get("/api/things"))
        await one.ended.wait()
        return statuses(one.received)

    config = {"tokens": (AppToken.model_validate(ends), APPS[1])}
    assert forwarded(tmp_path, [OK, OK], story, config=config) == [200, 200, 401]


def test_without_the_block_nobody_is_served_as_by_a_proxy(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        got = await told(town, CONNECT)
        got += await told(town, b"GET http://things.example/api/things HTTP/1.1\r\nConnection: close\r\n\r\n")
        return statuses(got)

    assert forwarded(tmp_path, [OK], story, config={"forward": None}) == [421, 400]


def test_a_vendor_is_not_tunnelled_for_want_of_a_ca(tmp_path: Path) -> None:
    got = forwarded(tmp_path, [OK], lambda town: told(town, CONNECT), config={"forward": {}})
    assert statuses(got) == [403]
    assert b"tidegate ca init" in got


def test_in_warn_mode_what_no_rule_covers_goes_through_and_is_written_down(tmp_path: Path) -> None:
    async def story(town: Town) -> list[Any]:
        await echo_host(town, "else.example", "93.184.216.41")
        got = await told(town, CONNECT.replace(HOST.encode(), b"else.example"), b"hi", within_s=5.0)
        assert got.endswith(b"\r\n\r\nhi")
        return [(line["note"], line.get("to")) for line in town.log() if "note" in line]

    found = forwarded(tmp_path, [], story, forward={"mode": "warn"})
    assert ("egress warned", "else.example:443") in found


def test_a_tunnel_goes_only_where_anything_may_and_its_host_is_noted(tmp_path: Path) -> None:
    """Nobody reads what goes through: so it counts as personal, and a rule for other data does not let it go."""

    async def story(town: Town) -> tuple[bytes, int]:
        await echo_host(town, "echo.example", "93.184.216.40")
        got = await told(town, CONNECT.replace(HOST.encode(), b"echo.example"), within_s=5.0)
        hosts = town.proxy.parts.discovery.catalog.hosts
        return got, hosts["echo.example"].tunnels if hosts else 0

    rules = {"rules": [TUNNELLED["rules"][0] | {"region": "uk"}]}
    for data, status in (("other", 403), ("personal", 200)):
        folder = tmp_path / data
        folder.mkdir()
        config = {"region": "eu", "residency": [{"id": "r", "home": ["eu"], "to": ["uk"], "data": data}]}
        got, tunnels = forwarded(folder, [], story, forward=rules, config=config)
        assert (statuses(got), tunnels) == ([status], status == 200)


@pytest.mark.parametrize("forward", [True, False])
def test_a_connect_without_a_target_gets_an_answer(forward: bool, tmp_path: Path) -> None:
    """The fuzzer's: aiohttp's parser makes no URL of it, its server failed on that, and the connection hung."""
    config = {} if forward else {"forward": None}
    data = b"CONNECT \r\n127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n"
    got = forwarded(tmp_path, [OK], lambda town: told(town, data, within_s=30.0), config=config)
    assert statuses(got) == [400]
