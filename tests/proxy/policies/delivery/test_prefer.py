"""What an app prefers (RFC 7240), and what is left of its wishes for the vendor."""

import pytest

from tidegate.proxy.policies.delivery.prefer import NO_PREFERENCE, PREFER_CHARS_MAX, WAIT_MAX_S, preference_of


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], NO_PREFERENCE),
        (["respond-async"], (True, None, "")),
        (["Respond-Async, WAIT=10"], (True, 10.0, "")),
        (["respond-async", "wait=5"], (True, 5.0, "")),
        (['respond-async; foo="a,b", wait="7"; x=y'], (True, 7.0, "")),
        (["return=representation, respond-async"], (True, None, "return=representation")),
        (['x="respond-async, wait=1"'], (False, None, 'x="respond-async, wait=1"')),
        (["wait=1, wait=2, respond-async"], (True, 1.0, "")),
        (["respond-async, wait=soon"], (True, None, "")),
        (["respond-async, wait=-1"], (True, None, "")),
        (["respond-async, wait=99999999"], (True, WAIT_MAX_S, "")),
        ([f"respond-async, wait={'9' * 400}"], (True, WAIT_MAX_S, "")),
        ([",, ,respond-async,"], (True, None, "")),
        (["no-respond-async"], (False, None, "no-respond-async")),
    ],
)
def test_the_first_of_each_name_counts(lines: list[str], expected: tuple[bool, float | None, str]) -> None:
    assert preference_of(lines) == expected


def test_a_header_that_is_too_long_says_nothing() -> None:
    assert not preference_of(["respond-async," + "a" * PREFER_CHARS_MAX]).respond_async
