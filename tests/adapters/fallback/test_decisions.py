"""The book of decisions."""

from dataclasses import replace

from tests.adapters.answering import at_once
from tidegate.adapters.fallback.decisions import Decision, DecisionBookInMemory, Standing

ONE = Decision("k", "a", Standing.BEGUN, 1)


def test_a_decision_changes_only_from_what_it_was() -> None:
    book = DecisionBookInMemory()
    assert at_once(book.replace("k", None, ONE))
    assert not at_once(book.replace("k", None, replace(ONE, vendor="b")))
    settled = replace(ONE, standing=Standing.SETTLED)
    assert at_once(book.replace("k", ONE, settled))
    assert not at_once(book.replace("k", ONE, None))
    assert at_once(book.find("k")) == settled
    assert at_once(book.replace("k", settled, None))
    assert at_once(book.find("k")) is None


def test_the_oldest_is_forgotten_beyond_the_bound() -> None:
    book = DecisionBookInMemory(decisions_max=1)
    for key in "ab":
        at_once(book.replace(key, None, replace(ONE, key=key)))
    assert (at_once(book.find("a")), at_once(book.find("b"))) == (None, replace(ONE, key="b"))
