"""The words of an action say what an object is after it, and what it is no more."""

import pytest

from tidegate.simulator.merge.action_words import done, status_words, undone


@pytest.mark.parametrize(
    ("action", "is_", "is_no_more"),
    [
        ("archive", "archived", "restored"),
        ("unarchive", "unarchived", "archived"),
        ("disable", "disabled", "enabled"),
        ("deactivate", "inactive", "active"),
        ("ban", "banned", "unbanned"),
        ("verify", "verified", "unverified"),
        ("pay", "paid", "unpaid"),
        ("re-open", "open", "closed"),
        ("resume", "resumed", "paused"),
        ("cancel", "cancelled", "uncancelled"),
    ],
)
def test_an_action_has_its_participle_and_its_opposite(action: str, is_: str, is_no_more: str) -> None:
    assert is_ in done(action)
    assert is_no_more in undone(action)
    assert not done(action) & undone(action)


def test_the_usual_status_comes_last() -> None:
    assert status_words("unarchive")[:1] == ("unarchived",)
    assert "active" in status_words("unarchive")
    assert status_words("") == ()
