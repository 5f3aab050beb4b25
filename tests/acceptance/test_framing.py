"""Every form of framing, by every method, kept and passed on as it comes, on both paths of the transport.

A raw app and a raw vendor on real sockets, and an oracle that reads both sides (tests/fuzz/oracle.py).
"""

import gzip
import os
from pathlib import Path

import pytest

from tests.fuzz.framings import CHUNKED, FORMS, LAST, METHODS, chunk, written
from tests.fuzz.house import raw_house
from tests.fuzz.judging import misread, misread_together, sent_through
from tests.fuzz.onramps import ABSOLUTE, GATEWAY, OPENED, PASSED, OnRamp
from tests.fuzz.oracle import requests_in
from tidegate.world.world import RealWorld

pytestmark = pytest.mark.slow

PATIENCE_S = 1.0
"""An app that never sends the rest goes away; whatever time it stays, the vendor must not get its request."""


OTHER_METHODS = ("QUERY", "PURGE", "M-SEARCH")
"""A read, a write and one with a hyphen that no document of this house has."""

EVERY_METHOD = "TIDEGATE_EVERY_METHOD" in os.environ
"""Whether each form is tried by every method on the forward proxy's ways in too (`make fuzz`), not by one in turn."""


@pytest.mark.parametrize("kept", [1_000_000, 8], ids=["kept", "passed on"])
@pytest.mark.parametrize(
    ("transport", "onramp"),
    [("pool", GATEWAY), ("session", GATEWAY), ("pool", ABSOLUTE), ("pool", OPENED), ("pool", PASSED)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
async def test_the_vendor_reads_what_the_app_sent_or_nothing(
    tmp_path: Path, transport: str, onramp: OnRamp, kept: int
) -> None:
    async with raw_house(RealWorld(), tmp_path, transport=transport, kept=kept, onramp=onramp) as house:
        sent = {}
        for number, form in enumerate(FORMS.values()):
            one = METHODS[number % len(METHODS)]
            for method in METHODS if onramp is GATEWAY or EVERY_METHOD else (one,):
                name = f"{number:03}{method[:3]}"
                # The request that hides in a content bears the name too: it is as long as the word it stands for.
                sent[name] = written(method, f"{house.url}/acme/{name}", form).replace(b"hidden", name.encode())
        flaws = await misread_together(house, sent, PATIENCE_S)
        assert house.bugs == []
    assert len(FORMS) >= 60
    assert flaws == []


@pytest.mark.parametrize("onramp", [ABSOLUTE, OPENED, PASSED], ids=lambda onramp: onramp.name)
@pytest.mark.parametrize("name", ["nothing at all", "a length", "chunks", "a large content", "many chunks"])
async def test_what_is_right_is_passed_on_from_every_way_in(tmp_path: Path, onramp: OnRamp, name: str) -> None:
    async with raw_house(RealWorld(), tmp_path, kept=8, onramp=onramp) as house:
        for method in METHODS:
            data = written(method, f"{house.url}/acme/{method}", FORMS[name])
            assert await misread(house, data, method) == ""
            assert [one.method for one in house.vendor.requests[-2:]] == [method, "GET"]
            assert house.vendor.requests[-2].body == requests_in(data)[0][0].body


@pytest.mark.parametrize("kept", [1_000_000, 8], ids=["kept", "passed on"])
@pytest.mark.parametrize("transport", ["pool", "session"])
@pytest.mark.parametrize("name", ["nothing at all", "a length of nothing", "a length", "chunks", "a large content",
                                  "a trailer", "many chunks", "a content that is expected"])  # fmt: skip
async def test_what_is_right_is_passed_on(tmp_path: Path, transport: str, kept: int, name: str) -> None:
    async with raw_house(RealWorld(), tmp_path, transport=transport, kept=kept) as house:
        for method in (*METHODS, *OTHER_METHODS):
            data = written(method, f"/acme/{method}", FORMS[name])
            assert await misread(house, data, method) == ""
            assert [one.method for one in house.vendor.requests[-2:]] == [method, "GET"]
            assert house.vendor.requests[-2].body == requests_in(data)[0][0].body


async def test_a_coding_of_the_transfer_that_is_not_undone_is_refused(tmp_path: Path) -> None:
    async with raw_house(RealWorld(), tmp_path) as house:
        form = (b"Transfer-Encoding: gzip, chunked\r\n", chunk(gzip.compress(b"hello")) + LAST)
        app = await sent_through(house, written("POST", "/acme/a", form), PATIENCE_S)
        assert app.received.split(b" ", 2)[1] in (b"400", b"501")
        assert house.vendor.requests == []


def test_the_oracle_sees_a_content_that_is_not_framed() -> None:
    """As it once was: a DELETE whose content left without a word of its length became two requests."""
    hidden = b"GET /hidden HTTP/1.1\r\nHost: v\r\n\r\n"
    found, _ = requests_in(b"DELETE /a HTTP/1.1\r\nHost: v\r\n\r\n" + hidden)
    assert [one.target for one in found] == ["/a", "/hidden"]
    assert (
        requests_in(b"DELETE /a HTTP/1.1\r\nHost: v\r\n" + CHUNKED + b"\r\n" + chunk(hidden) + LAST)[0][0].body
        == hidden
    )
