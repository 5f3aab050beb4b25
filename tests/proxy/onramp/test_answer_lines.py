"""The vendor's lines on the way to the app, over real sockets: what is left out, what is mended, where URLs lead."""

import re
from pathlib import Path

import pytest

from tests.proxy.real_town import RealTown, real_town, value_of
from tests.proxy.town import VENDOR
from tidegate.proxy.onramp import answer_lines
from tidegate.proxy.onramp.answer_lines import NAMES_KEPT_MAX
from tidegate.proxy.onramp.reply_writer import NO_HEADERS, AppExchange
from tidegate.proxy.upstream.url_rewriting import UrlRewriter

PATH = "/things/things/1"


def raw(*lines: bytes, status: bytes = b"200 OK", body: bytes = b"ok") -> bytes:
    length = b"Content-Length: %d" % len(body)
    has_length = any(line.lower().startswith(b"content-length") for line in lines)
    head = [b"HTTP/1.1 " + status, *lines, *(() if has_length else (length,))]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


async def head_of(folder: Path, *lines: bytes, method: str = "GET", **more: bytes) -> bytes:
    async with real_town(folder, [raw(*lines, **more)]) as town:
        head, _ = await town.ask(method, PATH)
    return head


def names(head: bytes) -> list[str]:
    return [line.partition(":")[0] for line in head.decode("latin-1").split("\r\n")[1:]]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([b"Connection: keep-alive, X-Hop", b"X-Hop: 1"], id="before it"),
        pytest.param([b"X-Hop: 1", b"Connection: X-Hop"], id="after it"),
        pytest.param([b"Connection: close", b"X-Hop: 1", b"Connection: x-hop"], id="on a second line"),
        pytest.param([b"Connection:  ,, \tX-HOP\t , close", b"x-hop: 1", b"X-Hop: 2"], id="spaced oddly, and twice"),
        pytest.param([b"connection: Upgrade,X-Hop", b"X-Hop: 1", b"Upgrade: h2c"], id="beside an upgrade"),
    ],
)
async def test_a_field_that_the_vendors_connection_names_ends_here(tmp_path: Path, lines: list[bytes]) -> None:
    head = await head_of(tmp_path, b"X-Kept: 1", *lines)
    seen = [name.lower() for name in names(head)]
    assert "x-kept" in seen
    assert "x-hop" not in seen
    assert value_of(head, "Connection") == "close"


async def test_what_tidegate_says_of_a_call_no_vendor_says(tmp_path: Path) -> None:
    head = await head_of(tmp_path, b"Tidegate-Body: not-kept", b"tidegate-call: theirs", b"TIDEGATE-NEW: 1", b"X-A: b")
    assert [name for name in names(head) if name.lower().startswith(("tidegate-body", "tidegate-new"))] == []
    assert b"theirs" not in head
    assert b"X-A: b" in head


async def test_no_name_has_a_space_before_its_colon_and_one_line_speaks_of_the_length(tmp_path: Path) -> None:
    for method in ("GET", "HEAD"):
        head = await head_of(tmp_path, b"Content-Length : 2", method=method)
        assert names(head).count("Content-Length") == 1
        assert not [name for name in names(head) if name != name.strip()]


async def test_a_coding_of_the_transfer_does_not_pass_with_a_space_in_its_name(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    async with real_town(tmp_path, [answer]) as town:
        head, body = await town.ask("GET", PATH)
    assert [name for name in names(head) if name.strip().lower() == "transfer-encoding"] in ([], ["Transfer-Encoding"])
    assert b"ok" in body


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"X-A: b\x1b[2J\x08\x7fc", "b[2Jc"),
        (b"X-A: \x01\x02b", "b"),
        (b"X-A: a\x0bb\x0cc", "abc"),
        (b"X-A: a\tb", "a\tb"),
        (b"X-A: caf\xe9", "caf\xe9"),
        (b"X-A: a\r\n\tb", "a\tb"),
        (b"Location: /api/x\x1b]8;;\x07", "/things/x]8;;"),
    ],
)
async def test_no_control_byte_of_a_value_reaches_the_app(tmp_path: Path, line: bytes, value: str) -> None:
    head = await head_of(tmp_path, line)
    assert re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", head) is None
    assert value_of(head, line.partition(b":")[0].decode()) == value


async def test_no_control_byte_of_a_reason_reaches_the_app(tmp_path: Path) -> None:
    head = await head_of(tmp_path, status=b"299 f\x1b[31mi\x00ne")
    assert head.startswith(b"HTTP/1.1 299 f[31mine\r\n")


async def test_a_streamed_answers_head_is_clean_too(tmp_path: Path) -> None:
    answer = raw(b"X-A: a\x1bb", b"Connection: X-Hop", b"X-Hop: 1", b"Location: /api/x", body=b"x" * 100_000)
    async with real_town(tmp_path, [answer]) as town:
        head, body = await town.ask("GET", PATH)
    assert (value_of(head, "X-A"), value_of(head, "X-Hop"), value_of(head, "Location")) == ("ab", None, "/things/x")
    assert len(body) == 100_000


@pytest.mark.parametrize("host", [None, "[::1]:8080"])
@pytest.mark.parametrize(
    ("name", "value", "led"),
    [
        ("Location", "{base}/things/7?a=b#c", "{here}/things/7?a=b#c"),
        ("Location", "/api/things/7", "/things/things/7"),
        ("Location", "things/7", "things/7"),
        ("Content-Location", "{base}/things/7", "{here}/things/7"),
        ("Content-Location", "/api/things/7", "/api/things/7"),
        ("Link", "<{base}/a>; rel=next, </api/x>; rel=up", "<{here}/a>; rel=next, </things/x>; rel=up"),
        ("Refresh", "5; url={base}/things/7", "5; url={here}/things/7"),
        ("Refresh", "0;URL='/api/x'", "0;URL='/things/x'"),
        ("Operation-Location", "{base}/operations/7", "{here}/operations/7"),
        ("Location", "https://elsewhere.example/?next={base}/x", "https://elsewhere.example/?next={base}/x"),
        ("X-Elsewhere", "{base}/x", "{base}/x"),
    ],
)  # fmt: skip
async def test_urls_lead_where_the_app_reached_us(
    tmp_path: Path, name: str, value: str, led: str, host: str | None
) -> None:
    async with real_town(tmp_path, [200]) as town:
        town.vendor.script = [raw(f"{name}: {value.format(base=town.base)}".encode(), status=b"201 Created")]
        here = f"http://{host or town.authority}/things"
        head, _ = await town.ask("GET", PATH, host=host)
    assert value_of(head, name) == led.format(base=town.base, here=here)


@pytest.mark.parametrize("status", [b"303 See Other", b"307 Temporary Redirect", b"404 Not Found", b"503 Away"])
async def test_whatever_the_status_says_a_location_leads_through(tmp_path: Path, status: bytes) -> None:
    head = await head_of(tmp_path, b"Location: /api/things/7", status=status)
    assert value_of(head, "Location") == "/things/things/7"


async def test_a_host_that_is_no_address_is_not_led_to(tmp_path: Path) -> None:
    async with real_town(tmp_path, [200]) as town:
        town.vendor.script = [raw(b"Location: " + town.base.encode() + b"/x")]
        location = await town.field("GET", PATH, "Location", host='a"><b')
    assert location is None or location == f"http://{town.authority}/things/x"


async def test_a_kept_answers_urls_lead_where_each_app_reached_us(tmp_path: Path) -> None:
    async def twice(town: RealTown, method: str, *lines: str, body: bytes = b"") -> list[tuple[bytes, bytes]]:
        base = town.base.encode()
        town.vendor.script = [
            raw(b"Location: " + base + b"/things/7", b"Content-Type: application/json", b"Content-MD5: x",
                body=b'{"url":"' + base + b'/things/7"}')
        ]  # fmt: skip
        hosts = ("one.internal", "two.internal")
        return [await town.ask(method, "/things/things", *lines, body=body, host=host) for host in hosts]

    facts = {**VENDOR["facts"], "urls": "rewrite"}
    cached = {"GetThings": {"cache": {"fresh": "1m"}}}
    hosts = {"hosts": ["one.internal", "two.internal"]}
    async with real_town(tmp_path, [200], config=hosts, facts=facts, operations=VENDOR["operations"] | cached) as town:
        for answers in (
            await twice(town, "POST", "Idempotency-Key: k", body=b"{}"),
            await twice(town, "GET"),
        ):
            for host, (head, body) in zip(("one", "two"), answers, strict=True):
                url = f"http://{host}.internal/things/things/7"
                assert value_of(head, "Location") == url
                assert body == b'{"url":"%b"}' % url.encode()
                assert value_of(head, "Content-MD5") is None, "a digest of another body"
        assert len(town.vendor.received) == 2


def test_names_of_headers_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    fates: dict[bytes, int] = {}
    monkeypatch.setattr(answer_lines, "_FATES", fates)
    urls, exchange = UrlRewriter("http://v", "v"), AppExchange("c", "GET", NO_HEADERS, keep_alive=True, began=0.0)
    for number in range(NAMES_KEPT_MAX + 10):
        answer_lines.append_lines([], [(b"x-%d" % number, b"1")], urls, "/", exchange)
    assert len(fates) == NAMES_KEPT_MAX


async def test_what_a_vendor_says_of_its_own_origin_is_not_taken_for_a_word_of_the_gateway(tmp_path: Path) -> None:
    said = [
        b'Alt-Svc: h3=":443"; ma=86400', b"Strict-Transport-Security: max-age=63072000; includeSubDomains",
        b'Clear-Site-Data: "*"', b"NEL: {}", b"Proxy-Authentication-Info: x=y",
    ]  # fmt: skip
    seen = {name.lower() for name in names(await head_of(tmp_path, b"X-Kept: 1", *said))}
    assert "x-kept" in seen
    assert not seen & {line.partition(b":")[0].decode().lower() for line in said}


def test_who_asks_the_vendor_by_its_own_address_gets_what_it_says_of_that() -> None:
    urls = UrlRewriter("http://v", "", path="")
    exchange = AppExchange("c", "GET", NO_HEADERS, keep_alive=True, began=0.0)
    parts = list[bytes]()
    answer_lines.append_lines(parts, [(b"Clear-Site-Data", b'"*"'), (b"TE", b"x")], urls, "/", exchange)
    assert b"".join(parts) == b'Clear-Site-Data: "*"\r\n'
