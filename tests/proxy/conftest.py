"""Both paths of the transport, for the tests that hold them to the same promises."""

from functools import partial

import pytest

from tests.proxy import wires
from tests.proxy.wires import PATHS, MakeTransport, Vendor


@pytest.fixture(params=sorted(PATHS))
def make_transport(request: pytest.FixtureRequest) -> MakeTransport:
    """The path on which the test is played."""
    return PATHS[request.param]


@pytest.fixture
def vendor(make_transport: MakeTransport) -> Vendor:
    """A vendor on a real socket, reached by that path."""
    return partial(wires.vendor, make_transport=make_transport)
