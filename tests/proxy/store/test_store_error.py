"""Tests of tidegate.proxy.store.store_error."""

from tidegate.problems import UsageError
from tidegate.proxy.store.store_error import STORE_TROUBLES, StoreError


def test_what_is_wrong_with_a_store_is_for_a_person_to_mend() -> None:
    assert issubclass(StoreError, UsageError)
    assert StoreError("a sentence").trouble == ""
    assert all(StoreError("a sentence", trouble).trouble == trouble for trouble in STORE_TROUBLES)
    assert not StoreError("a sentence", "away").unsure
    assert StoreError("a sentence", "away", unsure=True).unsure
