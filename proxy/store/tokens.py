"""The tokens that proxies on one store share: a row for each chain of tokens, and a lease on its renewal.

The port. A rotated refresh token outlives the proxy that got it: it is on the disk before the access token that came
with it is used. Who renews holds a lease, so that of all proxies one asks the vendor; a fence keeps one whose lease has
run out from writing over what came after it. It refuses to know what a row holds.
"""

from typing import NamedTuple, Protocol

from tidegate.proxy.policies.resilience.store_time import StoreTime


class TokenRow(NamedTuple):
    """A chain's row. `version` is 0, and the rest empty, where nothing was saved yet."""

    version: int
    payload: bytes


NO_ROW = TokenRow(0, b"")


class TokenLease(NamedTuple):
    """The right to renew a chain, and its row when that was had. `fence` is higher than that of every lease before."""

    name: str
    fence: int
    row: TokenRow


class TokenRows(Protocol):
    """The tokens of a store. Every method raises StoreError."""

    def holder(self) -> str:
        """A name for a holder of leases that nobody on this store has, or had."""
        ...

    async def read(self, name: str) -> TokenRow:
        """The row of a chain."""
        ...

    async def lease(self, name: str, holder: str, now: StoreTime, ttl_s: float) -> TokenLease | None:
        """The lease on a chain for `ttl_s` seconds; None while somebody else has it.

        Asked again, because it is to last longer or an answer was lost, the holder has it.
        """
        ...

    async def save(self, lease: TokenLease, version: int, payload: bytes) -> bool:
        """Write a row of a higher version, on the disk when this returns. False where the lease is another's now."""
        ...

    async def release(self, lease: TokenLease) -> None:
        """Let a lease go; nothing happens where it is another's now."""
        ...
