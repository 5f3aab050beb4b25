"""How much room a file of SQLite's has on the disk of the virtual world: as much as it wants, or the pages that it has.

Its own bound of pages does it (sqlite.org/pragma.html#pragma_max_page_count): what needs one more fails as on a disk
that is full, with SQLITE_FULL; what fits into the pages that are there is written, and reads go on.
"""

from typing import Any, Protocol

PAGES_MAX = 4_294_967_294
"""SQLite's own bound."""


class SqlConnection(Protocol):
    """A connection to the file."""

    def execute(self, sql: str, /) -> Any:
        """Carry a statement out."""
        ...


def bound_pages(connection: SqlConnection, *, full: bool) -> None:
    """Let the file have the pages that it has, or as many as it wants."""
    pages = int(connection.execute("PRAGMA page_count").fetchone()[0]) if full else PAGES_MAX
    connection.execute(f"PRAGMA max_page_count={pages}")
