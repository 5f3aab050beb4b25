"""Houses for tests: one that a module's tests share while nothing in it breaks, and one for a single test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.programs import House, Proxy


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Proxy]]:
    """A vendor and a proxy that no test of the module breaks."""
    with House(tmp_path_factory.mktemp("house")) as house:
        yield house, house.serve()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A vendor of this test's own; the test starts the proxy that it wants."""
    with House(tmp_path) as own:
        yield own
