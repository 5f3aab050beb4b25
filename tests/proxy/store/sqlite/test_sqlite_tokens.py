"""What is true of tokens in SQLite alone: a proxy that dies leaves no lease, because one at a time uses the file."""

from pathlib import Path

from tests.proxy.store.places import NOW, at, sqlite_at


async def test_the_lease_of_a_proxy_that_died_is_over_when_the_next_one_starts(tmp_path: Path) -> None:
    place = sqlite_at(tmp_path)
    dead = place.store()
    await dead.open(NOW)
    lease = await dead.tokens.lease("things", "dead", at(), 20.0)
    assert lease is not None
    await dead.close()
    async with place.opened() as store:
        taken = await store.tokens.lease("things", "next", at(0.1), 20.0)
        assert taken is not None
        assert not await store.tokens.save(lease, 1, b"late"), "the dead one's fence is too low"
