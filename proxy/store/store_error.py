"""What goes wrong with a store, in words that name no database."""

from typing import Literal, get_args

from tidegate.problems import UsageError

StoreTrouble = Literal["locked", "full", "read-only", "corrupt", "disk"]
"""Another process holds it; it takes nothing more; it may not be written; its data are damaged; reading, writing or
flushing failed."""

STORE_TROUBLES: tuple[StoreTrouble, ...] = get_args(StoreTrouble)


class StoreError(UsageError):
    """The store is broken, full, locked, read-only, away, or a newer Tidegate's. Says which store, and why.

    `trouble` is empty where nothing is wrong with the store itself.
    """

    def __init__(self, text: str, trouble: StoreTrouble | Literal[""] = "") -> None:
        super().__init__(text)
        self.trouble: StoreTrouble | Literal[""] = trouble
