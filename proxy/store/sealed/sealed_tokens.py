"""The tokens of a store, sealed on their way in and opened on their way out, wherever there is a key to seal with.

A token opens an account: it is sealed whether its vendor's file lists personal data or not. A row that cannot be opened
has its version and no payload; a newer version then takes its place. `on_unopened` is told the reason.
"""

from collections.abc import Callable

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealing_keys import Unopened
from tidegate.proxy.store.tokens import TokenLease, TokenRow, TokenRows


def _nothing(name: str, reason: str) -> None:
    del name, reason


class SealedTokens:
    """See the module and TokenRows."""

    on_unopened: Callable[[str, str], object] = staticmethod(_nothing)
    """Told the chain's name and the reason; nobody listens at first."""

    def __init__(self, of: TokenRows, seal: Seal) -> None:
        self._of, self._seal = of, seal

    def holder(self) -> str:
        """See TokenRows.holder."""
        return self._of.holder()

    async def read(self, name: str) -> TokenRow:
        """See TokenRows.read."""
        return self._opened(name, await self._of.read(name))

    async def lease(self, name: str, holder: str, now: StoreTime, ttl_s: float) -> TokenLease | None:
        """See TokenRows.lease."""
        lease = await self._of.lease(name, holder, now, ttl_s)
        return None if lease is None else lease._replace(row=self._opened(name, lease.row))

    async def save(self, lease: TokenLease, version: int, payload: bytes) -> bool:
        """See TokenRows.save."""
        sealed = self._seal.put(payload, _place(lease.name), wanted=bool(self._seal.keys))
        return await self._of.save(lease, version, sealed)

    async def release(self, lease: TokenLease) -> None:
        """See TokenRows.release."""
        await self._of.release(lease)

    def _opened(self, name: str, row: TokenRow) -> TokenRow:
        if not row.payload:
            return row
        opened = self._seal.open_all((row.payload,), (_place(name),))
        if isinstance(opened, Unopened):
            self.on_unopened(name, opened.reason)
            return row._replace(payload=b"")
        return row._replace(payload=opened[0])


def _place(name: str) -> str:
    """What a row is bound to."""
    return f"tokens {name}"
