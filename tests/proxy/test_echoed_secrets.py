"""A vendor that repeats our credential: it stands in no words of ours, in no file and in no log line."""

import asyncio
import base64
import gzip
from pathlib import Path

import pytest

from tests.proxy.real_town import real_town, value_of
from tests.proxy.town import SECRET, Step
from tidegate.redact import spellings

ECHO = SECRET.encode()
KEYED = "Idempotency-Key: k"


def raw(head: bytes, body: bytes = b"ok") -> bytes:
    return b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(raw(b"bad line with Bearer %b\r\n" % ECHO), id="a line without a colon"),
        pytest.param(raw(b"Bearer %b : x\r\n" % ECHO), id="a name with spaces"),
        pytest.param(raw(b"X-A: \0 %b\r\n" % ECHO), id="a value with a NUL"),
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
    async with real_town(tmp_path, [raw(head, body)]) as town:
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
    async with real_town(tmp_path, [coded]) as town:
        await town.ask("POST", "/things/things", KEYED, body=b"{}")
        head, body = await town.ask("POST", "/things/things", KEYED, body=b"{}")
    assert (body, value_of(head, "Content-Encoding")) == (ECHO, None)
