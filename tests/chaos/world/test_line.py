"""A line delays as it is told, in a way that its dice repeat, and is cut; and what a connection on it makes of that."""

import asyncio
import contextvars
import random

from tests.chaos.world.test_pipe import Play, Witness, sleep
from tidegate.chaos.world.line import Line, Mode
from tidegate.chaos.world.pipe import connection
from tidegate.chaos.world.virtual_loop import run


def test_without_jitter_the_way_always_takes_the_same_time() -> None:
    assert {Line(0.02).delay() for _ in range(5)} == {0.02}


def test_jitter_is_spread_over_its_whole_width_and_repeats_with_its_seed() -> None:
    def drawn(seed: int) -> list[float]:
        line = Line(0.02, random.Random(seed))
        line.jitter_s = 0.18
        return [line.delay() for _ in range(500)]

    found = drawn(1)
    assert min(found) >= 0.02
    assert max(found) <= 0.2
    assert max(found) - min(found) > 0.17
    assert found == drawn(1) != drawn(2)


def on_a_line(line: Line, play: Play, *, bad_word: bytes = b"") -> tuple[Witness, Witness, list[str]]:
    """As `played`, on this line. A witness that hears `bad_word` raises. Returns what the loop was told, too."""
    surprises: list[str] = []

    class Fragile(Witness):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if bad_word and bad_word in data:
                raise ValueError("cannot bear it")

    async def main() -> tuple[Witness, Witness, list[str]]:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: surprises.append(str(context["exception"])))
        contexts = (contextvars.copy_context(), contextvars.copy_context())
        near, far = connection(line, ("127.0.0.1", 1), ("127.0.0.1", 2), contexts)
        client, server = Fragile(), Fragile()
        far.begin(server, {})
        near.begin(client, {})
        await play(client, server)
        await sleep(60)
        return client, server, surprises

    return run(main)


async def talk(client: Witness, server: Witness) -> None:
    """Both speak, one word each tenth of a second."""
    for n in range(20):
        client.transport.write(b"to-%d" % n)
        server.transport.write(b"fro-%d" % n)
        await sleep(0.1)


def test_jitter_never_lets_bytes_overtake_each_other() -> None:
    line = Line(0.02, random.Random(1))
    line.jitter_s = 3.0
    client, server, _ = on_a_line(line, talk)
    assert server.received == b"".join(b"to-%d" % n for n in range(20))
    assert client.received == b"".join(b"fro-%d" % n for n in range(20))


def cut_after(pieces: int, mode: Mode) -> Line:
    line, left = Line(0.02), [pieces]

    def cut() -> Mode | None:
        left[0] -= 1
        return mode if left[0] == -1 else None

    line.cut = cut
    return line


def test_a_silent_cut_ends_all_talk_and_tells_nobody() -> None:
    client, server, _ = on_a_line(cut_after(6, "silent"), talk)
    assert (server.received, client.received) == (b"to-0to-1to-2", b"fro-0fro-1fro-2")
    assert not [word for word in client.words + server.words if word.startswith("lost")]


def test_a_cut_by_reset_is_seen_by_both_sides() -> None:
    async def two(client: Witness, server: Witness) -> None:
        client.transport.write(b"to-0")
        await sleep(1)
        client.transport.write(b"to-1")

    client, server, _ = on_a_line(cut_after(1, "reset"), two)
    assert server.received == b"to-0"
    assert client.words[-1] == server.words[-1] == "lost: ConnectionResetError"


def test_a_protocol_that_raises_loses_its_connection_and_the_loop_is_told() -> None:
    async def say(client: Witness, _server: Witness) -> None:
        client.transport.write(b"bad")
        await sleep(1)
        client.transport.write(b"more")

    client, server, surprises = on_a_line(Line(0.02), say, bad_word=b"bad")
    assert surprises == ["cannot bear it"]
    assert server.words[-1] == "lost: ValueError"
    assert client.words[-1].startswith("lost")
    assert b"more" not in server.received
