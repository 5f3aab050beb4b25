"""`make pact-mutants`: every mutant of every answer that an adapter of ours reads. Exits with 1 below 98 % caught.

`python -m tests.contracts.mutation.run [NAME…]` tries the adapters of these names.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.contracts.mutation.adapters import ADAPTERS
from tests.contracts.mutation.trial import full_answers, tried

CAUGHT_MIN = 0.98


async def main(names: list[str]) -> int:
    """Try them, print what was missed, and give the exit code."""
    is_good = True
    for name in names or [*ADAPTERS]:
        provider, pact, run = ADAPTERS[name]
        with tempfile.TemporaryDirectory() as folder:
            result = await tried(await full_answers(provider, pact), run, Path(folder))
        print(f"{name}: {result.line}")
        for line in (*result.missed, *result.wrongly_failed):
            print(f"  {line}")
        is_good &= result.caught >= CAUGHT_MIN * result.read > 0 and not result.wrongly_failed
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
