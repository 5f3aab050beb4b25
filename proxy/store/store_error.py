"""What goes wrong with a store, in words that name no database."""

from typing import Literal, get_args

from tidegate.problems import UsageError

StoreTrouble = Literal["locked", "full", "read-only", "corrupt", "disk", "away"]
"""Another process holds it; it takes nothing more; it may not be written; its data are damaged; reading, writing or
flushing failed; it cannot be reached in time."""

STORE_TROUBLES: tuple[StoreTrouble, ...] = get_args(StoreTrouble)


class StoreError(UsageError):
    """The store is broken, full, locked, read-only, away, or a newer Tidegate's. Says which store, and why.

    `trouble` is empty where nothing is wrong with the store itself. `unsure` where the work may have been done all the
    same: the answer to a commit was lost.
    """

    def __init__(self, text: str, trouble: StoreTrouble | Literal[""] = "", *, unsure: bool = False) -> None:
        super().__init__(text)
        self.trouble: StoreTrouble | Literal[""] = trouble
        self.unsure = unsure
