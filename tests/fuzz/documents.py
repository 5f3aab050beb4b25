"""Documents that nobody would write: drawn from a seed, checked and served, and every one of them survived.

    python -m tests.fuzz.documents --seed 1 --count 5000

Each is a small OpenAPI document in which anything may stand anywhere. `tidegate check` and the simulator must read it,
and every request must be answered, never with a 500. A document that is not done in LIMIT_S seconds counts as hanging.
"""

import argparse
import asyncio
import faulthandler
import json
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import aiohttp
from yarl import URL

from tests.fuzz.hostile_documents import drawn, requests
from tidegate.openapi.diagnosis import diagnose, summed
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.presumed.presumed_facts import presumed
from tidegate.world.world import RealWorld

LIMIT_S = 30
"""No document takes a tenth of it."""


class HangError(Exception):
    """The time is up."""


def checked(root: Any) -> Document:
    """The document, read and looked through."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "drawn.json"
        path.write_text(json.dumps(root), encoding="utf-8")
        document = Document.load(path)
        assert all(list(summed(flaws := diagnose(document))))
        assert not [flaw for flaw in flaws if flaw.code == "D027"]
    return document


async def served(document: Document, random: Random) -> list[str]:
    """Play the document and ask for its operations: every request that was answered with 500, or with nothing."""
    failures = []
    simulator = SimulatorServer(RealWorld(1), document, presumed(document).vendor, 1)
    await simulator.start(control_port=None)
    try:
        async with aiohttp.ClientSession() as session:
            for method, path, headers, body in requests(document, random):
                url = URL(f"http://127.0.0.1:{simulator.port}{path}", encoded=True)
                try:
                    async with session.request(
                        method, url, headers=headers, data=body or None, allow_redirects=False
                    ) as answer:
                        text = await answer.read()
                        if answer.status == 500 or b"D027" in text:
                            failures.append(f"{method} {path[:80]}: {answer.status} {text[:200]!r}")
                except aiohttp.ClientError as error:
                    failures.append(f"{method} {path[:80]}: {str(error)[:200]!r}")
    finally:
        await simulator.close()
    return failures


def survived(seed: str) -> list[str]:
    """What went wrong with the document of this seed."""
    random = Random(seed)
    root = drawn(random)
    try:
        with in_time():
            return asyncio.run(served(checked(root), random))
    except HangError:
        return ["it was not done in time"]


@contextmanager
def in_time() -> Iterator[None]:
    """Raise HangError when the work inside takes too long; one that cannot be interrupted ends the process."""

    def up(_number: int, _frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, up)
    signal.alarm(LIMIT_S)
    faulthandler.dump_traceback_later(4 * LIMIT_S, exit=True)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()


def main() -> int:
    """Try so many documents, and tell of those that failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.documents", description="Hostile OpenAPI documents.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    given = parser.parse_args()
    failed = 0
    for place in range(given.count):
        seed = f"{given.seed}:{place}"
        try:
            failures = survived(seed)
        except Exception as error:  # noqa: BLE001 - each is a finding
            frame = traceback.extract_tb(error.__traceback__)[-1]
            failures = [f"{error!r} at {Path(frame.filename).name}:{frame.lineno}"]
        failed += bool(failures)
        for failure in failures[:3]:
            print(f"{seed}: {failure}", flush=True)
    print(f"{given.count} documents, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
