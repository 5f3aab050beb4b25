"""A token opens an account: with a key it is never on the disk as it is, whatever the vendor file says of its data."""

from random import Random
from typing import Any

from tests.proxy.store.places import at
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.sealed.seal import NO_KEYS, Seal
from tidegate.proxy.store.sealed.sealed_tokens import SealedTokens
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys
from tidegate.proxy.store.tokens import NO_ROW, TokenLease, TokenRow

OLD, NEW = b"o" * 32, b"n" * 32


class Rows:
    """The rows of a store, in memory."""

    def __init__(self) -> None:
        self.row = NO_ROW

    def holder(self) -> str:
        return "a"

    async def read(self, name: str) -> TokenRow:
        return self.row

    async def lease(self, name: str, holder: str, now: StoreTime, ttl_s: float) -> TokenLease | None:
        return TokenLease(name, 1, self.row)

    async def save(self, lease: TokenLease, version: int, payload: bytes) -> bool:
        self.row = TokenRow(version, payload)
        return True

    async def release(self, lease: TokenLease) -> None:
        """Nothing is kept of it."""


async def saved(rows: Rows, tokens: SealedTokens) -> None:
    lease = await tokens.lease("things", "a", at(), 20.0)
    assert lease is not None
    assert await tokens.save(lease, 1, b"refresh-token")
    await tokens.release(lease)


async def test_with_a_key_the_row_is_sealed_and_comes_back_as_it_was() -> None:
    rows = Rows()
    tokens = SealedTokens(rows, Seal(Random(1), SealingKeys([NEW]), lambda _: False))
    await saved(rows, tokens)
    assert b"refresh-token" not in rows.row.payload
    assert await tokens.read("things") == TokenRow(1, b"refresh-token")
    lease = await tokens.lease("things", "a", at(), 20.0)
    assert lease is not None
    assert lease.row == TokenRow(1, b"refresh-token")


async def test_without_a_key_it_stands_as_it_is() -> None:
    rows = Rows()
    await saved(rows, SealedTokens(rows, Seal(Random(1), NO_KEYS)))
    assert rows.row == TokenRow(1, b"refresh-token")


async def test_what_another_key_has_sealed_or_stood_elsewhere_counts_as_none_and_is_told() -> None:
    rows, told = Rows(), []
    await saved(rows, SealedTokens(rows, Seal(Random(1), SealingKeys([OLD]))))
    without: Any = SealedTokens(rows, Seal(Random(1), SealingKeys([NEW])))
    without.on_unopened = lambda name, reason: told.append((name, reason))
    assert await without.read("things") == TokenRow(1, b""), "the version stays: what follows is newer"
    assert await SealedTokens(rows, Seal(Random(1), SealingKeys([OLD]))).read("other") == TokenRow(1, b"")
    [(name, reason)] = told
    assert name == "things"
    assert "not among sealing.keys" in reason
