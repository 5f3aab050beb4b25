"""Tests of tidegate.proxy.forward.passage: hosts that no vendor file covers, as a rule allows."""

from pathlib import Path

import pytest

from tests.proxy.forward.forward_town import forwarded, statuses, told
from tests.proxy.town import Town
from tidegate.proxy.discovery.host_catalog import HostCatalog
from tidegate.testing.scripted_vendor import ScriptedVendor, Step, Stream

RULES = {"rules": [{"hosts": ["other.example"], "action": "tunnel", "ports": [80, 81]}]}
LARGE = b"ab" * 200_000


async def asked(town: Town, script: list[Step], *requests: bytes) -> tuple[bytes, ScriptedVendor]:
    """What the app was told by the other host, and that host."""
    town.world.network.names["other.example"] = "93.184.216.70"
    other = ScriptedVendor(script, town.world.machine("other"))
    await other.start("93.184.216.70", 80)
    return await told(town, *requests), other


def whole(method: str = "GET", path: str = "/a?b=c", *lines: str, body: bytes = b"") -> bytes:
    """A request in absolute form that ends its connection."""
    length = [f"Content-Length: {len(body)}"] if body else []
    fixed = ["Host: other.example", "Connection: close, X-Hop", "X-Hop: 1", *length, *lines]
    return "\r\n".join([f"{method} http://other.example{path} HTTP/1.1", *fixed, "", ""]).encode() + body


def test_a_request_goes_on_as_it_came_with_the_apps_own_credential_and_once(tmp_path: Path) -> None:
    async def story(town: Town) -> bytes:
        lines = ("Authorization: Bearer own", "Proxy-Authorization: Basic eDp5", "X-Mine: 1", "Tidegate-Timeout: 5s")
        got, other = await asked(town, [(201, {"X-Theirs": "2"}, b"made")], whole("POST", "/a?b=c", *lines, body=b"hi"))
        [one] = other.received
        assert (one.method, one.path, one.body) == ("POST", "/a?b=c", b"hi")
        assert (one.headers["Host"], one.headers["Authorization"]) == ("other.example", "Bearer own")
        assert one.headers["X-Mine"] == "1"
        assert not {"Proxy-Authorization", "X-Hop", "Tidegate-Timeout"} & {*one.headers}
        return got

    got = forwarded(tmp_path, [], story, forward=RULES)
    assert statuses(got) == [201]
    assert got.endswith(b"\r\n\r\nmade")
    assert b"X-Theirs: 2\r\n" in got
    assert b"Proxy-Status: tidegate; received-status=201\r\n" in got


@pytest.mark.parametrize(
    ("step", "body"),
    [
        (Stream([LARGE, b"end"]), LARGE + b"end"),
        (Stream([LARGE], headers={"Content-Length": str(len(LARGE))}), LARGE),
        ((204, {}, b""), b""),
        ((301, {"Location": "http://10.0.0.1/"}, b"moved"), b"moved"),
    ],
)
def test_an_answer_of_any_framing_comes_whole_and_no_redirect_is_followed(
    step: Step, body: bytes, tmp_path: Path
) -> None:
    async def story(town: Town) -> bytes:
        got, other = await asked(town, [step], whole())
        assert len(other.received) == 1
        return got

    got = forwarded(tmp_path, [], story, forward=RULES)
    head, _, rest = got.partition(b"\r\n\r\n")
    if b"chunked" in head:
        rest = b"".join(part.partition(b"\r\n")[2] for part in rest.split(b"\r\n0\r\n")[:1])
        assert len(rest) >= len(body)
    else:
        assert rest == body


@pytest.mark.parametrize(
    ("step", "status"), [("reset", 504), (Stream([b"ab"], then="cut", headers={"Content-Length": "9"}), 504)]
)
def test_an_answer_that_does_not_come_whole_never_looks_so(step: Step, status: int, tmp_path: Path) -> None:
    async def story(town: Town) -> bytes:
        return (await asked(town, [step], whole()))[0]

    assert statuses(forwarded(tmp_path, [], story, forward=RULES)) == [status]


@pytest.mark.parametrize(("method", "asks", "status"), [("GET", 3, 200), ("POST", 2, 504)])
def test_a_read_whose_used_connection_was_closed_under_it_takes_a_new_one(
    method: str, asks: int, status: int, tmp_path: Path
) -> None:
    async def story(town: Town) -> tuple[bytes, int]:
        kept = whole().replace(b"close, X-Hop", b"X-Hop")
        got, other = await asked(town, [200, "reset", 200], kept + whole(method))
        return got, len(other.received)

    got, received = forwarded(tmp_path, [], story, forward=RULES)
    assert (statuses(got), received) == ([200, status], asks)


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [("OPTIONS", "", "*"), ("OPTIONS", "?a=b", "/?a=b"), ("OPTIONS", "/", "/"), ("GET", "", "/")],
)
def test_options_of_a_server_alone_ask_for_the_whole_server(
    method: str, path: str, target: str, tmp_path: Path
) -> None:
    async def story(town: Town) -> str:
        _, other = await asked(town, [200], whole(method, path))
        return other.received[0].path

    assert forwarded(tmp_path, [], story, forward=RULES) == target


def test_a_host_that_refuses_is_told_as_such(tmp_path: Path) -> None:
    async def story(town: Town) -> bytes:
        return (await asked(town, [], whole().replace(b"other.example/", b"other.example:81/")))[0]

    got = forwarded(tmp_path, [], story, forward=RULES)
    assert statuses(got) == [503]
    assert b"error=connection_refused" in got


def test_only_so_many_hosts_connections_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.proxy.forward.passage.HOSTS_MAX", 1)
    rules = {"rules": [{"hosts": ["*.example"], "action": "tunnel", "ports": [80]}]}

    async def story(town: Town) -> int:
        await asked(town, [200], whole())
        await told(town, whole().replace(b"other.example", b"third.example"))
        passage = town.proxy.forward.onramp.passage
        assert passage is not None
        return len(passage._known)

    assert forwarded(tmp_path, [], story, forward=rules) == 1


def test_a_request_to_no_vendors_host_is_noted_for_discovery(tmp_path: Path) -> None:
    async def story(town: Town) -> HostCatalog:
        headers = {"X-RateLimit-Limit": "5", "Content-Type": "application/json"}
        await asked(
            town, [(503, headers, b""), 200],
            *(whole("POST", "/orders/42?a=b", "Authorization: Bearer own", body=b"same") for _ in range(1)),
        )  # fmt: skip
        await told(town, whole("POST", "/orders/42?a=b", "Authorization: Bearer own", body=b"same"))
        recorder = town.proxy.parts.discovery
        recorder.flush()
        return recorder.catalog

    catalog = forwarded(tmp_path, [], story, forward=RULES)
    [one] = catalog.operations("other.example")
    assert (one.method, one.template, one.record.calls, one.record.unsafe) == ("POST", "/orders/{}", 2, 1)
    assert one.record.of("auth") == {"bearer": 2}
    assert one.record.of("statuses") == {"200": 1, "503": 1}
    assert one.record.of("limits") == {"x-ratelimit-limit": 1}
    assert catalog.hosts["other.example"].vendor == ""


@pytest.mark.parametrize(
    ("region", "answered"), [({}, 403), ({"region": "us"}, 403), ({"region": "uk"}, 200), ({"region": "eu"}, 200)]
)
def test_with_rules_of_residency_nothing_goes_to_a_host_where_it_may_not(
    tmp_path: Path, region: dict[str, str], answered: int
) -> None:
    async def story(town: Town) -> tuple[bytes, int]:
        got, other = await asked(town, [200], whole())
        return got, len(other.received)

    rules = {"rules": [{**RULES["rules"][0], **region}]}
    config = {"region": "eu", "residency": [{"id": "r", "home": ["eu"], "to": ["uk"], "data": "personal"}]}
    got, received = forwarded(tmp_path, [], story, forward=rules, config=config)
    assert statuses(got) == [answered]
    assert received == (answered == 200)
    assert (b"residency-denied" in got) == (answered == 403)
