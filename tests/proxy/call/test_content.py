"""One value for the content of a request; and, in the virtual world, content that is too large to be kept.

That is passed on as it comes, and sent once.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError

from tests.proxy.town import VENDOR, Answer, Plain, Seen, Step, Town, play
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.call.content import EMPTY_CONTENT, NO_CONTENT, Content, OtherContent, StreamedContent, WholeContent
from tidegate.testing.virtual_proxy import VENDOR_ADDRESS

PIECE = bytes(range(256)) * 256
KEPT: dict[str, Any] = {"config": {"body_kept_bytes": 100_000, "body_max_bytes": 4_000_000}}


def streamed(length: int | None, begun: bytes = b"abc") -> StreamedContent:
    nothing: Any = None  # no byte of it is read here
    return StreamedContent(nothing, begun, nothing, length, kept_max=2, bytes_max=100, idle_s=1.0)


@pytest.mark.parametrize(
    ("content", "length", "framing", "mark", "weight"),
    [
        pytest.param(NO_CONTENT, 0, b"", b"", 0, id="none"),
        pytest.param(EMPTY_CONTENT, 0, b"Content-Length: 0\r\n", b"", 0, id="empty"),
        pytest.param(WholeContent(b"abc"), 3, b"Content-Length: 3\r\n", b"abc", 3, id="whole"),
        pytest.param(streamed(9), 9, b"Content-Length: 9\r\n", b"ab|9", 9, id="streamed with a length"),
        pytest.param(streamed(None), None, b"Transfer-Encoding: chunked\r\n", b"ab|-1", 3, id="streamed in chunks"),
    ],
)
def test_a_content_answers_all_that_is_asked_of_it(
    content: Content, length: int | None, framing: bytes, mark: bytes, weight: int
) -> None:
    assert (content.length, content.framing, content.mark, content.weight) == (length, framing, mark, weight)
    assert (content.whole is None) is (content.stream is not None), "it is whole or it is streamed"
    assert content.resendable
    assert content.present is (length != 0)


def test_content_that_is_larger_than_is_kept_has_one_mark_however_its_bytes_came() -> None:
    for declared in (3, None):
        whole = WholeContent(b"abc", kept_max=2, declared=declared)
        assert whole.mark == streamed(declared).mark
        assert len(whole.digest) == 64
    assert WholeContent(b"ab", kept_max=2, declared=2).mark == b"ab"
    assert WholeContent(b"ab", kept_max=2, declared=2).digest == ""


def test_the_repr_of_a_content_shows_none_of_it() -> None:
    assert repr(WholeContent(b"secret")) == "WholeContent(6 bytes)"


async def test_content_that_was_passed_on_even_in_part_cannot_be_sent_again() -> None:
    content = streamed(9)
    begun = content.pieces()
    assert content.resendable, "nothing was taken yet"
    assert await anext(begun) == b"abc"
    assert not content.resendable


class Coming:
    """A reader whose bytes come in pieces."""

    def __init__(self, *coming: bytes) -> None:
        self._coming = list(coming)

    async def readany(self) -> bytes:
        return self._coming.pop(0) if self._coming else b""


@pytest.mark.parametrize("coming", [(), (b"de",), (b"de", b"f", b"gh")], ids=["nothing more", "a piece", "several"])
async def test_content_that_is_not_what_was_expected_ends_before_its_last_piece(coming: tuple[bytes, ...]) -> None:
    whole, passed = b"abc" + b"".join(coming), dict[bool, bytes]()
    for right in (True, False):
        reader: Any = Coming(*coming)
        content = StreamedContent(VirtualWorld(0), b"abc", reader, len(whole), kept_max=2, bytes_max=100, idle_s=1.0)
        content.expected = hashlib.sha256(whole if right else b"other").hexdigest()
        passed[right] = b""
        with contextlib.nullcontext() if right else pytest.raises(OtherContent):
            async for piece in content.pieces():
                passed[right] += piece
    assert passed[True] == whole
    assert whole.startswith(passed[False])
    assert len(passed[False]) < len(whole)


async def pieces(town: Town, count: int, every_s: float = 0.0) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield PIECE
        await town.world.sleep(every_s)


async def send(town: Town, data: Any, path: str = "/things/things", **headers: str) -> Answer:
    return await town.ask("POST", path, headers=headers, data=data)


@pytest.mark.parametrize("length", ["", str(20 * len(PIECE))], ids=["in chunks", "with a length"])
def test_a_large_body_arrives_whole_and_is_framed_as_it_came(tmp_path: Path, length: str) -> None:
    async def story(town: Town) -> tuple[int, bool, str]:
        headers = {"Content-Length": length} if length else {}
        answer = await send(town, pieces(town, 20), **headers)
        [seen] = town.vendor.received
        return answer.status, seen.body == PIECE * 20, seen.headers.get("Content-Length", "")

    assert play(tmp_path, [200], story, **KEPT) == (200, True, length)


def test_a_slow_upload_is_not_held_to_the_calls_budget(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, float]:
        answer = await send(town, pieces(town, 40, every_s=1.0))
        return answer.status, round(town.world.now())

    assert play(tmp_path, [200], story, **KEPT) == (200, 40)


@pytest.mark.parametrize("vendor_s", [1.9, 5.0], ids=["answers too late", "answers much too late"])
def test_the_time_that_the_app_gives_is_kept_however_long_the_body_takes(tmp_path: Path, vendor_s: float) -> None:
    async def late(seen: Seen) -> Plain:
        del seen
        await VirtualWorld(0).sleep(vendor_s)
        return (200, {}, b"{}")

    async def story(town: Town) -> tuple[int, str, bool]:
        answer = await send(town, pieces(town, 19, every_s=0.1), **{"Tidegate-Timeout": "2s"})
        return answer.status, answer.problem, town.world.now() < 2.1

    assert play(tmp_path, [late], story, **KEPT) == (504, "outcome-unknown", True)


def test_a_failed_upload_is_not_sent_again_and_says_why(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, str | None, str, int]:
        answer = await send(town, pieces(town, 20))
        return answer.status, answer.headers.get("Tidegate-Stop"), town.log()[-1]["stop"], len(town.vendor.received)

    found = play(tmp_path, [503], story, **KEPT)
    assert found == (503, "body not kept", "body not kept", 1)


def test_a_small_body_is_kept_and_sent_again(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, list[bytes]]:
        answer = await send(town, PIECE)
        return answer.status, [seen.body for seen in town.vendor.received]

    assert play(tmp_path, [503, 200], story, **KEPT) == (200, [PIECE, PIECE])


def test_an_upload_of_which_nothing_was_taken_is_tried_again(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, int]:
        await town.vendor.stop_listening()
        town.world.call_later(0.4, lambda: asyncio.ensure_future(town.vendor.start(VENDOR_ADDRESS, 80)))
        answer = await send(town, pieces(town, 20))
        assert town.vendor.received[0].body == PIECE * 20
        return answer.status, len(town.log()[-1]["attempts"])

    policy = VENDOR["policy"] | {"retry": {"base": "1s"}}
    status, attempts = play(tmp_path, [200], story, policy=policy, **KEPT)
    assert (status, attempts > 1) == (200, True)


def test_a_body_over_the_limit_is_cut_off_at_the_vendor(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, str, int]:
        answer = await send(town, pieces(town, 70))
        return answer.status, answer.problem, len(town.vendor.received)

    assert play(tmp_path, [200], story, **KEPT) == (413, "bad-request", 0)


def test_an_app_that_leaves_in_the_middle_ends_the_vendors_request(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, int, int]:
        asking = asyncio.ensure_future(send(town, pieces(town, 40, every_s=0.5)))
        await town.world.sleep(5.0)
        asking.cancel()
        await town.world.sleep(1.0)
        [line] = [line for line in town.log() if "verdict" in line and "outcome" in line]
        return line["verdict"], len(town.vendor.received), town.proxy.upstreams["things"].transport.open

    assert play(tmp_path, [200], story, **KEPT) == ("cancelled", 0, 0)


def test_an_app_that_stops_sending_is_given_up(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, float]:
        try:
            answer = await send(town, pieces(town, 3, every_s=15.0))
        except ClientError:
            return 0, round(town.world.now())
        return answer.status, round(town.world.now())

    status, at_s = play(tmp_path, [200], story, **KEPT)
    assert (status, at_s < 40) == (408, True)


def test_a_key_sent_with_another_large_body_is_refused(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        key = {"Idempotency-Key": "k"}
        first = await send(town, pieces(town, 20), **key)
        again = await send(town, pieces(town, 20), **key)
        other = await send(town, PIECE[::-1] * 10, **key)
        return [first.status, again.status, other.status, len(town.vendor.received)]

    assert play(tmp_path, [200], story, **KEPT) == [200, 200, 422, 1]


def test_an_early_answer_ends_the_upload(tmp_path: Path) -> None:
    """The vendor refuses the request by its head: the rest of the body is not sent for nothing."""

    async def story(town: Town) -> tuple[int, int]:
        answer = await send(town, pieces(town, 40, every_s=0.1))
        return answer.status, town.proxy.upstreams["things"].transport.open

    early: Step = "early"
    assert play(tmp_path, [early], story, **KEPT) == (400, 1), "what is open is the spare that was made ahead"
