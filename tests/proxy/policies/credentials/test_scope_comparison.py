"""A token that can do too little or too much is seen when it comes."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.credentials.scope_comparison import compare, needed_by

NEEDS = {"GetThings": "read", "Post*": "write admin"}
SCOPES = st.frozensets(st.sampled_from(["read", "write", "admin", "other"]))


def test_what_is_lacking_is_said_by_the_operations_that_need_it() -> None:
    found = compare(NEEDS, frozenset({"read", "write"}), None)
    assert found.lacking == {"Post*": {"admin"}}
    assert not found.surplus
    assert not found.fits


def test_what_nobody_needs_is_too_much() -> None:
    found = compare(NEEDS, frozenset({"read", "write", "admin", "billing"}), None)
    assert not found.lacking
    assert found.surplus == {"billing"}


def test_an_answer_that_names_no_scopes_gave_what_was_asked_for() -> None:
    assert compare(NEEDS, None, "read").lacking == {"Post*": {"write", "admin"}}
    assert compare(NEEDS, None, "read write admin").fits
    assert compare(NEEDS, None, None).fits, "nobody knows"
    assert compare({}, frozenset({"everything"}), None).fits, "nothing is declared"


@given(SCOPES)
def test_lacking_and_got_never_overlap_and_surplus_is_of_what_was_got(got: frozenset[str]) -> None:
    found = compare(NEEDS, got, None)
    assert not any(scopes & got for scopes in found.lacking.values())
    assert found.surplus <= got


def test_an_operation_needs_what_the_first_pattern_says() -> None:
    assert needed_by("PostThings", NEEDS) == {"write", "admin"}
    assert not needed_by("DeleteThing", NEEDS)
