"""Whether writes can be recorded now: what a store's implementation has seen of its disk or its server.

Written by the implementation, from its own thread too; read by the admin port and the metrics. It knows no database.
"""

from tidegate.proxy.store.store_error import STORE_TROUBLES, StoreError


class StoreHealth:
    """See the module. `trouble` is a sentence, empty while all is well."""

    def __init__(self) -> None:
        self.trouble = ""
        self.errors = dict.fromkeys(STORE_TROUBLES, 0)
        """Trouble → how often it was met. One thread writes it, and no key is ever added."""

    def failed(self, error: StoreError) -> None:
        """Work could not be carried out because of the store itself."""
        if error.trouble:
            self.errors[error.trouble] += 1
            self.trouble = str(error)

    def works(self) -> None:
        """A write as large as a record has been carried out."""
        self.trouble = ""
