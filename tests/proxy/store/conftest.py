"""A fresh place for a store, of every kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proxy.store.places import PLACES, Place


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with PLACES[request.param](tmp_path) as made:
        yield made
