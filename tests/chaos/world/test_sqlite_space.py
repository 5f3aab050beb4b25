"""A file that may not grow: what needs a page more fails as full, reads go on, and there can be room again."""

import sqlite3

import pytest

from tidegate.chaos.world.sqlite_space import bound_pages

LARGE = "x" * 50_000


def test_what_needs_one_more_page_is_refused_until_there_is_room() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE notes (text TEXT)")
    connection.execute("INSERT INTO notes VALUES ('a')")
    bound_pages(connection, full=True)
    connection.execute("UPDATE notes SET text = 'b'")
    with pytest.raises(sqlite3.OperationalError, match="full") as refused:
        connection.execute("INSERT INTO notes VALUES (?)", (LARGE,))
    assert refused.value.sqlite_errorcode == sqlite3.SQLITE_FULL
    assert connection.execute("SELECT text FROM notes").fetchall() == [("b",)]
    bound_pages(connection, full=False)
    connection.execute("INSERT INTO notes VALUES (?)", (LARGE,))
    connection.close()
