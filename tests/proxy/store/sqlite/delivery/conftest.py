"""A file in memory that has the tables of deliveries, and what work on it costs."""

import sqlite3
from collections.abc import Iterator

import pytest

from tidegate.proxy.store.sqlite.delivery.delivery_tables import make_tables
from tidegate.proxy.store.sqlite.sqlite_audit import make_audit


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.row_factory = sqlite3.Row
    made.execute("PRAGMA foreign_keys=ON")
    make_tables(made)
    make_audit(made, b"k" * 32)
    yield made
    made.close()
