"""The pytest plugin that comes with the package: the fixture `simulator`, in any repository.

    def test_a_payment_is_made(simulator):
        stripe = simulator("stripe")
        pay(base_url=stripe.url)
        assert stripe.journal()[-1]["status"] == 200

A simulator is started once, when a test first asks for it, and begins again for each test. pytest loads this file in
every run on the machine, so it imports nothing until the fixture is used.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tidegate.simulator.fixture import Simulator, StartSimulator

Started = dict[tuple[Any, ...], "Simulator"]


_FILES = frozenset({"spec", "scenario", "cassette"})


def _key(vendor: "str | Path | None", options: dict[str, Any]) -> tuple[Any, ...]:
    """What a simulator is started with. A test may go to a folder where names mean other files, or write them anew."""
    from pathlib import Path

    from tidegate.vendor.search_path import find_vendor

    named = vendor.absolute() if isinstance(vendor, Path) else vendor
    file = None if named is None else _stamp(find_vendor(str(named)))
    files = {name: _stamp(Path(value)) for name, value in options.items() if name in _FILES and value is not None}
    return (file, *sorted({**options, **files}.items()))


def _stamp(file: "Path") -> tuple[Any, ...]:
    """A file and its state: a test may write another one under a name that was there before."""
    written = file.stat() if file.exists() else None
    return (file.absolute(), written and (written.st_mtime_ns, written.st_size))


@pytest.fixture(scope="session")
def _tidegate_simulators() -> Iterator[Started]:
    """Every simulator that was started, by what it was started with."""
    started: Started = {}
    yield started
    for simulator in started.values():
        simulator.close()


@pytest.fixture
def simulator(_tidegate_simulators: Started) -> "Iterator[StartSimulator]":
    """Start the simulator of a vendor, or of a document alone: `simulator("stripe", seed=7)`, `simulator(spec=…)`.

    The options are those of the class Simulator.
    """
    used: Started = {}

    def of(vendor: "str | Path | None" = None, **options: Any) -> "Simulator":
        from tidegate.simulator.fixture import Simulator

        key = _key(vendor, options)
        if key not in _tidegate_simulators:
            _tidegate_simulators[key] = Simulator(vendor, **options)
        used[key] = _tidegate_simulators[key].start()
        return used[key]

    yield of
    for key, each in used.items():
        if each.can_begin_again:
            each.disarm()
            each.reset()
        else:  # the next test gets another one
            _tidegate_simulators.pop(key).close()
