"""Both paths of the transport, for the tests that hold them to the same promises."""

from collections.abc import Iterator

import pytest

from tests.proxy.wires import CHOSEN, PATHS


@pytest.fixture(params=sorted(PATHS))
def path(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which path the test is played on."""
    CHOSEN[0] = PATHS[request.param]
    yield request.param
    CHOSEN[0] = PATHS["pool"]
