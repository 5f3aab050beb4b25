"""A vendor that repeats our credential: it stands in no words of ours, in no file and in no log line."""

import asyncio
import base64
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from tests.proxy.real_town import real_town, value_of
from tests.proxy.town import SECRET, SSE, VENDOR, Plain, Seen, Step, Stream
from tidegate.redaction.spellings import spellings

ECHO = SECRET.encode()
KEYED = "Idempotency-Key: k"
MASKED = b"[redacted]".ljust(len(ECHO), b"*")
PASSED = VENDOR["policy"] | {"redact": {"echo": "pass"}}


def raw(head: bytes, body: bytes = b"ok") -> bytes:
    return b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(raw(b"bad line with Bearer %b\r\n" % ECHO), id="a line without a colon"),
        pytest.param(raw(b"Bearer \x01 %b : x\r\n" % ECHO), id="a name with a control character"),
        pytest.param(b"HTTP/1.1 %b OK\r\n\r\n" % ECHO, id="no status"),
        pytest.param(b"%b\r\n\r\n" % ECHO, id="no HTTP at all"),
        pytest.param(raw(b"Transfer-Encoding: chunked\r\n", ECHO), id="no chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\n\r\n" % ECHO, id="no length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b\r\n" % ECHO, id="no size of a chunk"),
        pytest.param(raw(b"bad line %b\r\n" % base64.b64encode(ECHO)), id="in base64"),
    ],
)
@pytest.mark.parametrize("transport", ["pool", "session"])
async def test_our_own_refusal_of_a_broken_answer_holds_nothing_of_it(
    tmp_path: Path, broken: bytes, transport: str
) -> None:
    async with real_town(tmp_path, [broken], config={"transport": transport}) as town:
        head, body = await town.ask("GET", "/things/things/1", "Accept: application/problem+json")
        town.proxy.telemetry.flush()
        logged = b"".join(town.lines)
    assert head.startswith(b"HTTP/1.1 503")
    assert value_of(head, "Tidegate-Problem") == "vendor-unavailable"
    for spelled in (SECRET[:12], *spellings(SECRET)):
        assert spelled.encode() not in head + body + logged


def written(folder: Path) -> list[bytes]:
    """The store's files."""
    return [file.read_bytes() for file in folder.glob("store.db*")]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Type: application/json\r\n", b'{"key": "%b"}' % ECHO),
        (b"X-Your-Authorization: Bearer %b\r\n" % ECHO, b"{}"),
        (b"Content-Type: application/octet-stream\r\n", b"\xff\0%b" % base64.b64encode(b"x:" + ECHO)),
    ],
)
@pytest.mark.parametrize("path", ["/things/things", "/things/shots"])
async def test_the_store_does_not_hold_the_secret_and_the_same_answer_comes_again(
    tmp_path: Path, path: str, head: bytes, body: bytes
) -> None:
    async with real_town(tmp_path, [raw(head, body)], policy=PASSED) as town:
        first = await town.ask("POST", path, KEYED, body=b"{}")
        files = await asyncio.to_thread(written, tmp_path)
        again = await town.ask("POST", path, KEYED, body=b"{}")
        assert len(town.vendor.received) == 1
    assert len(files) >= 1
    assert not [spelled for spelled in spellings(SECRET) for file in files if spelled.encode() in file]
    assert value_of(again[0], "Idempotency-Replayed") == "true"
    assert again[1] == first[1] == body
    assert value_of(again[0], "X-Your-Authorization") == value_of(first[0], "X-Your-Authorization")


async def test_a_coded_answer_with_the_secret_comes_again_without_its_coding(tmp_path: Path) -> None:
    coded: Step = (200, {"Content-Encoding": "gzip", "Content-Type": "text/plain"}, gzip.compress(ECHO))
    async with real_town(tmp_path, [coded], policy=PASSED) as town:
        await town.ask("POST", "/things/things", KEYED, body=b"{}")
        head, body = await town.ask("POST", "/things/things", KEYED, body=b"{}")
    assert (body, value_of(head, "Content-Encoding")) == (ECHO, None)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress,
}  # fmt: skip


def coded_as(plain: bytes, coding: str) -> bytes:
    for one in coding.split(", "):
        plain = PACKERS[one](plain)
    return plain


def undone(body: bytes) -> bytes:
    """A body without its chunks (RFC 9112 §7.1)."""
    plain = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        plain, body = plain + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return plain


async def asked_twice(folder: Path, step: Step, **changes: Any) -> list[tuple[bytes, bytes]]:
    """The answers to a keyed write and to its repetition."""
    async with real_town(folder, [step], **changes) as town:
        return [await town.ask("POST", "/things/things", KEYED, body=b"{}") for _ in range(2)]


@pytest.mark.parametrize("spelled", [SECRET, f"Token {SECRET}", f'\\"{SECRET}\\"'])
async def test_the_app_gets_a_mask_as_long_as_the_secret_at_once_and_from_the_record(
    tmp_path: Path, spelled: str
) -> None:
    body = b'{"key": "%b"}' % spelled.encode()
    masked = body.replace(ECHO, MASKED)
    head = b"Content-Type: application/json\r\nX-Echo: %b\r\nContent-MD5: abc\r\n" % spelled.encode()
    for found in await asked_twice(tmp_path, raw(head, body)):
        assert found[1] == masked
        assert value_of(found[0], "Content-Length") == str(len(body))
        assert value_of(found[0], "X-Echo") == spelled.replace(SECRET, MASKED.decode())
        assert value_of(found[0], "Content-MD5") is None


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
async def test_a_coding_that_hides_the_secret_goes(tmp_path: Path, coding: str) -> None:
    plain = b'{"your": "%b"}' % ECHO
    head = f'Content-Type: application/json\r\nContent-Encoding: {coding}\r\nETag: "a"\r\n'.encode()
    for found in await asked_twice(tmp_path, raw(head, coded_as(plain, coding))):
        assert found[1] == plain.replace(ECHO, MASKED)
        assert value_of(found[0], "Content-Encoding") is None
        assert value_of(found[0], "ETag") == '"a"'


@pytest.mark.parametrize("disguised", [ECHO.swapcase(), SECRET.encode("utf-16-le"), base64.b32encode(ECHO + b"..")])
@pytest.mark.parametrize("coded", [False, True])
async def test_what_a_failure_shows_in_a_disguise_is_masked(tmp_path: Path, disguised: bytes, *, coded: bool) -> None:
    body, head = b'{"bad key": "%b"}' % disguised, b"Content-Encoding: gzip\r\n" if coded else b""
    refused = raw(head, gzip.compress(body) if coded else body).replace(b"200 OK", b"400 Bad Request")
    for _, found in await asked_twice(tmp_path, refused):
        assert (len(found), found[:13], found[-2:]) == (len(body), body[:13], b'"}')
        assert disguised[:16] not in found
        assert b"*" * 8 in found.replace(b"\0", b"")


async def test_a_coded_answer_without_a_secret_goes_on_as_it_came(tmp_path: Path) -> None:
    body = gzip.compress(b'{"id": 1}')
    for found in await asked_twice(tmp_path, raw(b"Content-Encoding: gzip\r\nContent-MD5: abc\r\n", body)):
        assert found[1] == body
        assert value_of(found[0], "Content-Encoding") == "gzip"
        assert value_of(found[0], "Content-MD5") == "abc"


async def test_a_header_whose_name_is_a_secret_goes(tmp_path: Path) -> None:
    (head, _), _ = await asked_twice(tmp_path, raw(b"%b: x\r\nX-Other: y\r\n" % ECHO))
    assert ECHO not in head
    assert b"[redacted]" not in head
    assert value_of(head, "X-Other") == "y"


async def test_with_echo_pass_the_app_gets_what_the_vendor_said(tmp_path: Path) -> None:
    for found in await asked_twice(tmp_path, raw(b"X-Echo: %b\r\n" % ECHO, ECHO), policy=PASSED):
        assert (value_of(found[0], "X-Echo"), found[1]) == (SECRET, ECHO)


@pytest.mark.parametrize("framing", ["chunked", "length"])
@pytest.mark.parametrize("transport", ["pool", "session"])
async def test_a_stream_is_masked_over_the_borders_of_its_pieces(tmp_path: Path, framing: str, transport: str) -> None:
    text = b"data: %b\n\ndata: Token %b\n\ndata: sk_live_other\n\n" % (ECHO, ECHO)
    pieces = tuple(text[at : at + 7] for at in range(0, len(text), 7))
    headers = SSE if framing == "chunked" else {**SSE, "Content-Length": str(len(text))}
    stream = Stream(pieces, every_s=0.001, headers=headers)
    async with real_town(tmp_path, [stream], config={"transport": transport}) as town:
        head, body = await town.ask("GET", "/things/things/1")
    shown = undone(body) if value_of(head, "Transfer-Encoding") == "chunked" else body
    assert len(shown) == len(text)
    assert shown == text.replace(ECHO, MASKED)


@pytest.mark.parametrize("coding", ["none", "utf-8", "identity, none"])
async def test_a_stream_whose_coding_is_the_name_of_none_is_masked(tmp_path: Path, coding: str) -> None:
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": coding}
    stream = Stream([b"data: %b" % ECHO[:5], ECHO[5:] + b"\n\n"], every_s=0.001, headers=headers)
    async with real_town(tmp_path, [stream]) as town:
        _, body = await town.ask("GET", "/things/things/1")
    assert ECHO not in body.replace(b"\r\n", b"")
    assert MASKED[:10] in body


async def test_the_pair_of_basic_authentication_is_masked_as_it_was_sent(tmp_path: Path) -> None:
    basic = VENDOR["facts"] | {"auth": VENDOR["facts"]["auth"] | {"scheme": "basic"}}

    async def echo(seen: Seen) -> Plain:
        return 200, {"Content-Type": "application/json"}, json.dumps(dict(seen.headers)).encode()

    async with real_town(tmp_path, [echo], facts=basic) as town:
        _, body = await town.ask("GET", "/things/things/1")
    pair = base64.b64encode(ECHO + b":")
    assert json.loads(body)["Authorization"] == f"[redacted]{'*' * (len(b'Basic ' + pair) - 10)}"


async def test_a_part_of_a_kept_answer_shows_no_half_of_a_secret(tmp_path: Path) -> None:
    headers = {"Cache-Control": "max-age=60", "X-Echo": SECRET, "Content-Type": "text/plain"}
    answer: Step = (200, headers, b"key " + ECHO)
    cached = VENDOR["operations"] | {"GetThing": {"cache": {"fresh": "60s"}}}
    async with real_town(tmp_path, [answer], operations=cached) as town:
        whole = await town.ask("GET", "/things/things/1")
        part = await town.ask("GET", "/things/things/1", "Range: bytes=4-11")
        assert len(town.vendor.received) == 1
    assert whole[1] == b"key " + MASKED
    assert part[0].startswith(b"HTTP/1.1 206")
    assert part[1] == MASKED[:8]
