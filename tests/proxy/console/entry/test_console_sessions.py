"""Tests of tidegate.proxy.console.entry.console_sessions."""

import itertools

from tidegate.proxy.console.entry.console_sessions import SESSION_S, SESSIONS_MAX, ConsoleSessions


class Book:
    """Sessions over known tokens and a clock that the test moves."""

    def __init__(self) -> None:
        self.tokens = {"good": "ada"}
        self.now = 0.0
        numbers = itertools.count()
        self.sessions = ConsoleSessions(
            lambda count: next(numbers).to_bytes(count, "big"), lambda: self.now, self.tokens.get
        )

    def begin(self) -> str:
        session_id = self.sessions.begin("good")
        assert session_id is not None
        return session_id


def test_a_session_begins_with_a_token_and_ends_after_its_time() -> None:
    book = Book()
    assert book.sessions.begin("bad") is None
    session_id = book.begin()
    assert book.sessions.who(session_id) == "ada"
    book.now = SESSION_S
    assert book.sessions.who(session_id) is None
    book.now = 0.0
    assert book.sessions.who(session_id) is None


def test_a_session_ends_with_its_token() -> None:
    book = Book()
    session_id = book.begin()
    book.tokens.clear()
    assert book.sessions.who(session_id) is None


def test_who_logs_out_is_out() -> None:
    book = Book()
    first, second = book.begin(), book.begin()
    book.sessions.end(first)
    assert (book.sessions.who(first), book.sessions.who(second)) == (None, "ada")


def test_the_oldest_session_ends_where_there_are_too_many() -> None:
    book = Book()
    ids = [book.begin() for _ in range(SESSIONS_MAX + 1)]
    assert (book.sessions.who(ids[0]), book.sessions.who(ids[1])) == (None, "ada")


def test_odd_ids_are_no_session() -> None:
    book = Book()
    for session_id in ("", "a" * 100_000, "\udcff", "ü"):
        assert book.sessions.who(session_id) is None


def test_a_form_is_of_one_session_and_of_one_start() -> None:
    book = Book()
    first, second = book.begin(), book.begin()
    csrf = book.sessions.csrf(first)
    assert book.sessions.is_ours(first, csrf)
    assert not book.sessions.is_ours(second, csrf)
    assert not book.sessions.is_ours("", csrf)
    assert not book.sessions.is_ours(first, "\udcff")
    other = ConsoleSessions(lambda count: b"y" * count, lambda: 0.0, book.tokens.get)
    assert not other.is_ours(first, csrf)
