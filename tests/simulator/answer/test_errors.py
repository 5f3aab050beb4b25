"""Refusals carry a reason, what they are about, and never a whole key."""

from typing import get_args

import pytest

from tidegate.simulator.answer import errors
from tidegate.vendor.refusal_facts import Reason


def test_every_reason_has_a_usual_status() -> None:
    assert set(errors.STATUSES) == set(get_args(Reason))


def test_details_that_do_not_apply_are_left_out() -> None:
    assert errors.refused("No.").details == {}
    assert errors.refused("No.", param="amount").details == {"param": "amount"}


def test_a_missing_object_is_404_in_a_path_and_400_in_a_parameter() -> None:
    assert errors.no_such("customer", "cus_1", "id").status == 404
    assert errors.no_such("customer", "cus_1", "customer", status=400).status == 400


def test_a_rate_refusal_names_its_limit_and_a_lock_does_not() -> None:
    quota = errors.too_many("Reason", "global-rate")
    lock = errors.locked("Should-Retry")
    assert (quota.reason, quota.headers) == ("throttled", {"Reason": "global-rate"})
    assert (lock.reason, lock.headers) == ("locked", {"Should-Retry": "true"})


def test_a_wrong_key_is_not_repeated() -> None:
    secret = "sk_test_" + "a1b2c3d4" * 4
    assert secret[:-4] not in str(errors.wrong_key(secret))
    assert "short" not in str(errors.wrong_key("short"))


def test_a_choice_is_told_whole_and_a_choice_of_nothing_as_empty() -> None:
    assert str(errors.not_among("size", ["", "small", "large"])) == "Invalid size: must be one of small or large"
    assert str(errors.not_among("size", [""])) == "Invalid size: must be empty"


def test_a_declined_card_is_402_with_the_issuers_reason() -> None:
    declined = errors.declined("card_declined", "insufficient_funds", "ch_1", "No.")
    assert declined.status == 402
    assert declined.details["decline_code"] == "insufficient_funds"


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (errors.expired_token(), "expired-token"),
        (errors.forbidden("repo"), "forbidden"),
        (errors.exhausted(), "exhausted"),
        (errors.key_missing("Key"), "key-missing"),
        (errors.changed_meanwhile(), "precondition-failed"),
        (errors.outdated("order", 2, 1), "outdated"),
        (errors.unsound("x"), "unsound"),
    ],
)
def test_each_refusal_has_its_reason(refused: errors.VendorError, reason: str) -> None:
    assert refused.reason == reason
