"""A schema that nobody has been at, a proxy on it, and a wire that a test cuts."""

from collections.abc import AsyncIterator

import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


@pytest.fixture
def url() -> str:
    return shared_server().fresh_url()


@pytest.fixture
async def store(url: str) -> AsyncIterator[PostgresStore]:
    async with proxy_at(url) as opened:
        yield opened


@pytest.fixture
async def wire() -> AsyncIterator[CutWire]:
    async with CutWire(shared_server().port).relaying() as relay:
        yield relay


@pytest.fixture
async def behind_wire(url: str, wire: CutWire) -> AsyncIterator[PostgresStore]:
    """A proxy whose answers a test loses."""
    async with proxy_at(url.replace(f":{shared_server().port}/", f":{wire.port}/")) as opened:
        yield opened
