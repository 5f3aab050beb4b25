"""Lets canaries fly, and looks for them: `python -m tests.acceptance.canary.run --rounds 20`.

1 where one is found. A seed draws the same canaries again.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from tests.acceptance.canary import outputs as out
from tests.acceptance.canary.echo_vendor import EchoVendor
from tests.acceptance.canary.house import House
from tests.acceptance.canary.scan import Hit, hits
from tests.acceptance.canary.slots import SHOWN, Canaries
from tests.acceptance.canary.traffic import Traffic
from tidegate.world.world import RealWorld

WORLD = RealWorld()
ROTATED_S = 1.5
"""A file that has changed is read by then."""
SETTLE_S = 3.0
"""What is carried out later has so long to come to its end."""


class Flight:
    """One run: its traffic, and what came out of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.canaries = Canaries(seed)
        self.outputs: dict[str, bytes] = {}
        self.answers: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.seen = 0

    async def fly(self, rounds: int) -> list[Hit]:
        """Send all, stop all, and look."""
        house = House(self.folder, self.canaries)
        async with EchoVendor(self.canaries) as vendor, aiohttp.ClientSession() as session:
            traffic = Traffic(house, session)
            with house.running(vendor.port):
                for number in range(rounds):
                    await traffic.round(number)
                    await self._between(house, number)
                await WORLD.sleep(SETTLE_S)
                self.outputs |= await out.pages(house, session)
                self.outputs |= await asyncio.to_thread(out.commands, house)
            self.outputs |= {f"spans {at}": span for at, span in enumerate(vendor.spans)}
            self.outputs |= {f"pushed {at}": metrics for at, metrics in enumerate(vendor.pushed)}
            self.outputs |= {f"post to an app {at}": post for at, post in enumerate(vendor.posts)}
            self.outputs |= out.files(self.folder)
            self.answers, self.statuses, self.seen = traffic.answers, traffic.statuses, len(vendor.seen)
        return self.hits()

    async def _between(self, house: House, number: int) -> None:
        """Rotate the vendor's secret once, and kill the proxy once."""
        if number == 0:
            (house.folder / "things.key").write_text(house.canaries["vendor secret after"])
            await WORLD.sleep(ROTATED_S)
        elif number == 1:
            await asyncio.to_thread(house.kill)
            await asyncio.to_thread(house.start)

    def hits(self) -> list[Hit]:
        """Where a canary is that should not be."""
        ours = [one for one in self.canaries.all if one.kind == "ours"]
        others = [one for one in self.canaries.all if one.kind != "ours"]
        through = {
            name: output
            for name, output in self.outputs.items()
            if not out.is_kept(name) and not name.startswith("post to an app")
        }
        found = [*hits(ours, self.outputs), *hits(ours, self.answers), *hits(others, through)]
        return [hit for hit in found if not hit.output.startswith(SHOWN.get(hit.slot, ("nowhere",)))]


async def fly(folder: Path, rounds: int, seed: int) -> Flight:
    """A whole flight; its hits are in `hits()`."""
    flight = Flight(folder, seed)
    await flight.fly(rounds)
    return flight


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for all that is written")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        flight = asyncio.run(fly(folder, asked.rounds, asked.seed))
        found = flight.hits()
    size = sum(map(len, [*flight.outputs.values(), *flight.answers.values()]))
    for hit in found:
        sys.stdout.write(f"{hit}\n")
    sys.stdout.write(
        f"{len(flight.canaries.all)} canaries, {len(flight.answers)} answers, {len(flight.outputs)} outputs, "
        f"{size} bytes, {flight.seen} requests at the vendor: {len(found)} hits\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
