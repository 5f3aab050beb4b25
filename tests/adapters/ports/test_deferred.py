"""A write that is not done yet."""

import dataclasses

import pytest

from tidegate.adapters.ports.deferred import Deferred


def test_a_deferred_write_says_where_its_record_is_and_cannot_be_changed() -> None:
    deferred = Deferred("http://t/_tidegate/calls/c1", "c1", 2.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        deferred.call_id = "c2"  # type: ignore[misc]  # which is what fails
    assert dataclasses.replace(deferred, ask_after_s=None) == Deferred("http://t/_tidegate/calls/c1", "c1")
