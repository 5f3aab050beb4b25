"""A request as the vendor gets it."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.proxy.real_town import real_town
from tests.proxy.town import SECRET, VENDOR, Step, Town, play

OK: Step = (200, {}, b"{}")


def test_the_vendor_gets_its_own_path_and_secret_and_nothing_of_the_apps(tmp_path: Path) -> None:
    async def story(town: Town) -> Mapping[str, str]:
        headers = {
            "Cookie": "session=app",
            "X-Api-Key": "app-key",
            "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
            "Tidegate-Timeout": "5s",
            "X-App": "kept",
            "Connection": "keep-alive, X-Hop",
            "X-Hop": "gone",
        }
        await town.ask("GET", "/things/things/1?a=b", headers=headers)
        seen = town.vendor.received[0]
        assert (seen.method, seen.path) == ("GET", "/api/things/1?a=b")
        return seen.headers

    sent = play(tmp_path, [OK], story)
    assert sent["Authorization"] == f"Bearer {SECRET}"
    assert sent["Host"] == "things.example"
    assert sent["X-App"] == "kept"
    assert not {"Cookie", "X-Api-Key", "traceparent", "Tidegate-Timeout", "X-Hop", "Connection"} & set(sent)


@pytest.mark.parametrize("slot", ["X-Vendor-Key", "vendor_key"])
def test_no_other_spelling_of_a_name_stands_beside_ours(tmp_path: Path, slot: str) -> None:
    async def story(town: Town) -> set[str]:
        odd = ["X_Vendor-Key", "vendor-key", "Idempotency_Key", "X_Api_Key", "Content_Length", "Tidegate_Call"]
        headers = dict.fromkeys(odd, "evil") | {slot: "app", "Idempotency-Key": "k1", "X_Own": "1"}
        await town.ask("POST", "/things/things", headers=headers, data=b"a")
        return {name for name in town.vendor.received[0].headers if "_" in name or "key" in name.lower()}

    auth = VENDOR["facts"]["auth"] | {"scheme": "header", "header": slot}
    found = play(tmp_path, [200], story, facts=VENDOR["facts"] | {"auth": auth})
    other = {"X_Vendor-Key"} if slot == "vendor_key" else {"vendor-key"}
    assert found == {slot, "Idempotency-Key", "X_Own", *other}


def test_the_dated_version_is_sent_where_the_app_sends_none(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        await town.ask("GET", "/things/things/1")
        await town.ask("GET", "/things/things/1", headers={"Things-Version": "2020-01-01"})
        return [seen.headers["Things-Version"] for seen in town.vendor.received]

    facts = VENDOR["facts"] | {"versioning": {"header": "Things-Version", "pin": "2022-11-15"}}
    assert play(tmp_path, [200], story, facts=facts) == ["2022-11-15", "2020-01-01"]


def test_a_write_without_a_body_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        await town.ask("POST", "/things/things")
        return town.vendor.received[0].headers["Content-Length"]

    assert play(tmp_path, [200], story) == "0"


def test_a_chunked_body_goes_on_with_its_length(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Mapping[str, str], bytes]:
        url = f"http://127.0.0.1:{town.proxy.port}/things/things"

        async def pieces() -> AsyncIterator[bytes]:
            yield b"abc"
            yield b"def"

        async with town.session.post(url, data=pieces(), headers={"Authorization": "Bearer t"}) as answer:
            assert answer.status == 200
        return town.vendor.received[0].headers, town.vendor.received[0].body

    headers, body = play(tmp_path, [200], story)
    assert (headers["Content-Length"], body) == ("6", b"abcdef")
    assert "Transfer-Encoding" not in headers


NETWORK = {
    "X-Forwarded-For": "10.1.2.3", "X-Forwarded-Host": "tidegate.internal", "X-FORWARDED-Prefix": "/x",
    "Forwarded": "for=10.1.2.3", "Via": "1.1 mesh.internal:3128", "X-Real-IP": "10.1.2.3", "X-Client-IP": "10.1.2.3",
    "True-Client-IP": "10.1.2.3", "CF-Connecting-IP": "10.1.2.3", "X-Original-Host": "mesh.internal",
    "X_Forwarded_For": "10.1.2.3", "X_Real-IP": "10.1.2.3", "Client-Ip": "10.1.2.3", "X-Original-URL": "/inside",
    "Remote-User": "ada", "X_Remote_User": "ada", "X-Auth-Request-Email": "ada@h", "Cf-Access-Jwt-Assertion": "j",
    "Client-Cert": ":x:", "X-SSL-Client-Cert": "pem", "Tailscale-User-Login": "ada", "X-authentik-username": "ada",
    "X-MS-CLIENT-PRINCIPAL": "ada", "X-Goog-Authenticated-User-Email": "ada@h", "CloudFront-Viewer-Country": "DE",
    "X-Envoy-Internal": "true", "tracestate": "a=1", "b3": "0", "X-B3-TraceId": "1", "X-Amzn-Trace-Id": "Root=1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("forward", "sent"),
    [
        ([], set()),
        (["x-forwarded-for", "Via"], {"x-forwarded-for", "via"}),
        (["Authorization", "Connection", "Cookie", "Host", "Content-Length"], set()),
    ],
)
def test_what_tells_of_the_apps_network_is_sent_on_where_the_file_says_so(
    tmp_path: Path, forward: list[str], sent: set[str]
) -> None:
    async def story(town: Town) -> Mapping[str, str]:
        await town.ask("GET", "/things/things/1", headers=NETWORK | {"Cookie": "app=1", "X-App": "1"})
        return town.vendor.received[0].headers

    headers = play(tmp_path, [OK], story, policy=VENDOR["policy"] | {"forward": forward})
    seen = {name.lower() for name in headers}
    assert seen & {name.lower() for name in NETWORK} == sent
    assert "x-app" in seen
    assert "cookie" not in seen
    assert headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Connection: X-First", "Connection: X-Second"], id="several lines"),
        pytest.param(["Connection: X-First ,, x-second"], id="odd spaces"),
        pytest.param(["connection:\tkeep-alive,\tX-FIRST,X-SECOND"], id="other letters"),
    ],
)
async def test_a_field_that_the_apps_connection_names_ends_here(tmp_path: Path, lines: list[str]) -> None:
    async with real_town(tmp_path, [200]) as town:
        await town.ask("GET", "/things/things/1", *lines, "X-First: 1", "X-Second: 2", "x-first: 3", "X-Third: 3")
        names = {name.lower() for name in town.vendor.received[0].headers}
    assert names & {"x-first", "x-second", "x-third"} == {"x-third"}


@pytest.mark.parametrize(
    "line",
    ["X-A: a\x01b", "X-A: a\x7fb", "X-A: a\rb", "X-A: a\0b", "X-A : a", "X A: a", ": a", "Content-Length : 2",
     "Transfer-Encoding : chunked", "X-A: a\r\n b"],
)  # fmt: skip
async def test_a_line_that_is_no_field_is_refused_and_reaches_no_vendor(tmp_path: Path, line: str) -> None:
    async with real_town(tmp_path, [200]) as town:
        head, _ = await town.ask("GET", "/things/things/1", line)
        assert town.vendor.received == []
    assert head.startswith(b"HTTP/1.1 400 ")
