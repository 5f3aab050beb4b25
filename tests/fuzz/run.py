"""Fuzzes both sides of the proxy with an oracle: `python -m tests.fuzz.run --inputs 100000`; 1 where it finds.

Half of the inputs are an app's requests, half a vendor's answers, on each way into the proxy in turn (onramps.py).
They are played in the virtual world, so a wait costs nothing, and a hang is seen as one. Each batch has a seed of its
own, which is printed where it found something:
`python -m tests.fuzz.run --seed N` plays that batch again.
"""

import argparse
import os
import random
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.fuzz import inputs
from tests.fuzz.framings import last
from tests.fuzz.house import RawHouse, raw_house
from tests.fuzz.judging import PATIENCE_S
from tests.fuzz.onramps import CONNECT, ONRAMPS, PREFIX
from tests.fuzz.oracle import ReadRequest, among, answer_in, requests_in
from tidegate.chaos.world.virtual_loop import Deadlock, OutOfTime, run
from tidegate.chaos.world.virtual_world import VirtualWorld

BATCH = 250
BATCH_WITHIN_S = 120
"""A batch takes a second or two; one that has not ended by then spins."""
ADDRESS = "198.51.100.9"
END_S = 200_000.0
REST_S = 60.0
ODD_CONNECTS = 0.3
"""Of the requests inside a tunnel, so many come behind a CONNECT that is odd itself."""
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
"""Half a line break: where a head ends then is read in two ways, and each is allowed (RFC 9112 §2.2)."""
_TAG = re.compile(rb"<[0-9a-f]{16}>")


def batch(seed: int, count: int = BATCH) -> list[str]:
    """What was found with one seed; empty where all is well. Even seeds are requests, odd ones answers."""
    found: list[str] = []

    async def play() -> None:
        world, rng = VirtualWorld(seed), random.Random(f"fuzz {seed}")
        kept, onramp = rng.choice((8, 1_000_000)), ONRAMPS[seed // 2 % len(ONRAMPS)]
        with tempfile.TemporaryDirectory(prefix="tidegate-fuzz-") as folder:
            async with raw_house(world, Path(folder), kept=kept, address=ADDRESS, onramp=onramp) as house:
                for number in range(count):
                    flaw = await (_answer if seed % 2 else _request)(house, rng, number)
                    flaw = flaw or next(iter(house.bugs), "")
                    if flaw:
                        found.append(f"seed {seed}, input {number}: {flaw}")
                        return
                await world.sleep(REST_S)
                found.extend(f"seed {seed}, at the end: {flaw}" for flaw in _unrest(house))

    def stuck(number: int, frame: FrameType | None) -> NoReturn:
        where = "".join(traceback.format_stack(frame)[-3:])
        raise _Stuck(f"signal {number} at {where}")

    signal.signal(signal.SIGALRM, stuck)
    signal.alarm(BATCH_WITHIN_S)
    try:
        run(play, end_s=END_S)
    except (Deadlock, OutOfTime, _Stuck) as error:
        found.append(f"seed {seed}: it hangs: {error}")
    finally:
        signal.alarm(0)
    return found


class _Stuck(BaseException):
    """The loop does not turn any more."""


async def _request(house: RawHouse, rng: random.Random, number: int) -> str:
    """Odd requests on a connection, and a plain one behind them: the vendor's are the app's, in order, or fewer."""
    name = f"{house.url}{PREFIX}/{number}"
    data = b"".join(inputs.request(rng, f"{name}/{n}") for n in range(rng.choice((1, 1, 2)))) + last(f"{name}/last")
    odd_connect = house.onramp.connects and rng.random() < ODD_CONNECTS
    app = await (house.bare_app() if odd_connect else house.app())
    before, flaws = len(house.vendor.requests), len(house.vendor.flaws)
    sent = inputs.mutated(rng, CONNECT) + data if odd_connect else data
    for piece in inputs.pieces(rng, sent):
        app.transport.write(piece)
        await house.world.sleep(0.01)
    if rng.random() < 0.1:
        app.transport.abort()
    try:
        async with house.world.timeout(PATIENCE_S):
            await app.ended.wait()
    except TimeoutError:
        app.transport.abort()
    await house.world.sleep(1.0)
    if len(house.vendor.flaws) > flaws and app.received:
        return f"the vendor was sent what is no request: {house.vendor.flaws[-1]}; the app: {sent!r}"
    meant = house.onramp.meant
    got = house.vendor.requests[before:]
    readings = (requests_in(data)[0], requests_in(sent)[0]) if odd_connect else (requests_in(data)[0],)
    if not any(
        among(got, [ReadRequest(one.method, meant(one.target), one.body) for one in reading]) for reading in readings
    ):
        return f"the vendor got {got}; the app: {sent!r}"
    return await _well(house, f"{house.url}{PREFIX}/{number}/well")


async def _answer(house: RawHouse, rng: random.Random, number: int) -> str:
    """An odd answer: the app is told it as the oracle reads it, or of a failure, and never another call's."""
    tag, closes = b"<%016x>" % rng.getrandbits(64), rng.random() < 0.4
    method = rng.choice(("GET", "GET", "GET", "POST", "HEAD", "DELETE"))
    said = inputs.answer(rng, tag)
    own = house.onramp.meant(f"{house.url}{PREFIX}/{number}")
    house.vendor.say = lambda request: (said, closes) if request.target == own else None
    app = await house.app()
    length = "Content-Length: 0\r\n" if method == "POST" else ""
    app.transport.write(
        f"{method} {house.url}{PREFIX}/{number} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()
        + f"Authorization: Bearer app\r\n{length}Connection: close\r\n\r\n".encode()
    )
    try:
        async with house.world.timeout(PATIENCE_S):
            await app.ended.wait()
    except TimeoutError:
        return f"no answer came to {method} after {said[:400]!r}"
    wanted, told = answer_in(said, method, closed=closes), answer_in(app.received, method, closed=True)
    shown = f"{method}: the vendor said {said[:400]!r} (closes: {closes}), the app was told {app.received[:400]!r}"
    ours = b"Tidegate-Problem" in app.received
    if told.status == 0:
        return f"nothing that can be read came, {told.flaw}: {shown}"
    tags = set(_TAG.findall(app.received))
    others, house.tags = house.tags, house.tags | {tag}
    if tags & others:
        return f"bytes of another call: {shown}"
    if b"BEHIND" in told.body and b"BEHIND" not in wanted.body:
        return f"bytes behind the answer: {shown}"
    if (
        not ours
        and not _BARE.search(said)
        and not told.flaw
        and not wanted.flaw
        and (told.status, told.body) != (wanted.status, wanted.body)
    ):
        return f"another answer: {shown}"
    return await _well(house, f"{house.url}{PREFIX}/{number}/well")


async def _well(house: RawHouse, target: str) -> str:
    """Why a plain call right behind is not answered with its own answer; empty where it is."""
    app = await house.app()
    app.transport.write(last(target))
    try:
        async with house.world.timeout(PATIENCE_S):
            await app.ended.wait()
    except TimeoutError:
        return "the next call is not answered"
    told = answer_in(app.received, "GET", closed=True)
    own = house.onramp.meant(target).encode()
    return "" if (told.status, told.body) == (200, own) else f"the next call was told {app.received[:300]!r}"


def _unrest(house: RawHouse) -> list[str]:
    """What is not at rest when nobody calls any more."""
    connections = house.proxy.upstreams["acme"].transport.open
    flaws = [f"{house.proxy.in_flight} calls are under way"] if house.proxy.in_flight else []
    return flaws + ([f"{connections} connections are open"] if connections > 1 else [])


def fuzz(seeds: Sequence[int], processes: int = 2) -> list[str]:
    """Play the batches of all seeds."""
    with ProcessPoolExecutor(min(processes, os.cpu_count() or 1)) as pool:
        return [flaw for flaws in pool.map(batch, seeds, chunksize=2) for flaw in flaws]


def main(arguments: Sequence[str]) -> int:
    """Run as a program. Returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the first batch's seed")
    parser.add_argument("--seed", type=int, help="play the batch of this seed and no other")
    given = parser.parse_args(arguments)
    seeds = [given.seed] if given.seed is not None else range(given.first, given.first + -(-given.inputs // BATCH))
    print(f"{len(seeds)} batches of {BATCH} inputs, seeds {seeds[0]} to {seeds[-1]}", flush=True)
    found = fuzz(seeds)
    print(*found, f"{len(found)} of {len(seeds)} batches found something", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
