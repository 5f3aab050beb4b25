"""Refusals carry the vendor's status, type and code, and never a whole key."""

from tidegate.simulator import errors


def test_the_envelope_is_where_its_pointer_says() -> None:
    assert errors.enclosed("/error", {"code": "x"}) == {"error": {"code": "x"}}
    assert errors.enclosed("/a/b", {"code": "x"}) == {"a": {"b": {"code": "x"}}}
    assert errors.enclosed("", {"code": "x"}) == {"code": "x"}


def test_fields_that_do_not_apply_are_left_out() -> None:
    assert errors.refused("No.").fields == {"message": "No.", "type": "invalid_request_error"}


def test_a_missing_object_is_404_in_a_path_and_400_in_a_parameter() -> None:
    assert errors.no_such("customer", "cus_1", "id").status == 404
    assert errors.no_such("customer", "cus_1", "customer", status=400).status == 400


def test_a_rate_refusal_names_its_reason_and_a_lock_does_not() -> None:
    quota = errors.too_many("Reason", "global-rate")
    lock = errors.locked("Should-Retry")
    assert (quota.status, quota.headers) == (429, {"Reason": "global-rate"})
    assert (lock.status, lock.headers, lock.fields["code"]) == (429, {"Should-Retry": "true"}, "lock_timeout")


def test_a_wrong_key_is_not_repeated() -> None:
    secret = "sk_test_" + "a1b2c3d4" * 4
    assert secret[:-4] not in str(errors.wrong_key(secret))
    assert "short" not in str(errors.wrong_key("short"))


def test_a_declined_card_is_402_with_the_issuers_reason() -> None:
    declined = errors.declined("card_declined", "insufficient_funds", "ch_1", "No.")
    assert declined.status == 402
    assert declined.fields["type"] == "card_error"
    assert declined.fields["decline_code"] == "insufficient_funds"
