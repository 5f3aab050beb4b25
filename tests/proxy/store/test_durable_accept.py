"""Tests of tests.proxy.store.durable_accept: every row is there, and the figures are those of the rounds."""

import json
from pathlib import Path

import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.durable_accept import main, measure
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.world.world import RealWorld


async def test_what_is_measured_is_on_the_disk(tmp_path: Path) -> None:
    figures = await measure(str(tmp_path / "store.db"), rounds=2, rows=150)
    assert figures.store == "sqlite"
    assert figures.share == pytest.approx(figures.accepted / figures.bare, rel=0.01)
    store = SqliteStore(RealWorld(), str(tmp_path / "store.db"))
    await store.open(0.0)
    assert sum(depth.rows for depth in await store.deliveries.depths()) == 300
    await store.close()


async def test_a_database_is_measured_too() -> None:
    figures = await measure(shared_server().fresh_url(), rounds=1, rows=70)
    assert figures.store == "postgresql"
    assert figures.accepted > 0


def test_the_figures_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rows", "64", "--rounds", "1"])
    assert json.loads(capsys.readouterr().out).keys() == {"store", "accepted", "bare", "share"}
