"""A store whose deliveries and tokens are sealed. All else passes through as it is."""

from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealed_deliveries import SealedDeliveries
from tidegate.proxy.store.sealed.sealed_tokens import SealedTokens
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.wrapped_store import WrappedStore


class SealedStore(WrappedStore):
    """See the module and Store."""

    def __init__(self, store: Store, seal: Seal) -> None:
        self.seal = seal
        super().__init__(store, lambda deliveries: SealedDeliveries(deliveries, seal))
        self._tokens: SealedTokens | None = None

    @property
    def tokens(self) -> SealedTokens:
        """See Store.tokens."""
        if self._tokens is None:
            self._tokens = SealedTokens(self._of.tokens, self.seal)
        return self._tokens
