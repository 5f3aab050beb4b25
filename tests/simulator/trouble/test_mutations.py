"""Each change makes something new of a value, or says that it means nothing for it."""

from typing import Any

import pytest

from tidegate.simulator.trouble import mutations


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (100, "100"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        ("100", 100),
        ("eur", ["eur"]),
        ("12345678901234567890", ["12345678901234567890"]),
        ([1, 2], {"0": 1, "1": 2}),
        ({"a": 1}, [{"a": 1}]),
        (None, None),
    ],
)
def test_another_type_says_the_same(value: Any, becomes: Any) -> None:
    assert mutations.retyped(value) == becomes
    assert type(mutations.retyped(value)) is type(becomes)


@pytest.mark.parametrize(
    ("value", "listed", "becomes"),
    [
        ("open", ["open", "closed"], "open_extended"),
        ("open", ["open", "open_extended"], "open_extended_2"),
        ("OPEN", ["OPEN"], "OPEN_EXTENDED"),
        (2, [1, 2, 5], 6),
        ("open", None, "open_extended"),
        (True, [True], None),
        (None, ["open"], None),
    ],
)
def test_an_unlisted_value_is_in_no_list(value: Any, listed: Any, becomes: Any) -> None:
    assert mutations.unlisted(value, listed) == becomes


@pytest.mark.parametrize(
    ("value", "by", "becomes"),
    [
        (1_735_689_600, None, 1_735_689_600_000),
        (1099, None, 10.99),
        (1099, 100.0, 109900),
        (1099, 0.01, 10.99),
        (1.5, 1000.0, 1500.0),
        (0, None, 0.0),
        (True, None, None),
        ("1099", None, None),
    ],
)
def test_a_unit_becomes_another(value: Any, by: float | None, becomes: Any) -> None:
    assert mutations.scaled(value, by) == becomes


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (1_735_689_600, "2025-01-01T00:00:00Z"),
        ("2025-01-01T00:00:00Z", 1_735_689_600),
        ("2025-01-01 00:00:00+00:00", 1_735_689_600),
        ("2025-01-31", "31/01/2025"),
        ("10.99", "10,99"),
        ("-0.5", "-0,5"),
        (1099, None),
        (True, None),
        ("eur", None),
        ("20250101", None),
        (None, None),
    ],
)
def test_a_format_becomes_another(value: Any, becomes: Any) -> None:
    assert mutations.reformatted(value) == becomes


@pytest.mark.parametrize(
    ("value", "prefix", "becomes"),
    [("pi_123", None, "pi_123abc"), ("pi_123", "pay_", "pay_123abc"), ("123", None, "123abc"), (5, None, None)],
)
def test_an_id_takes_another_shape(value: Any, prefix: str | None, becomes: Any) -> None:
    assert mutations.longer_id(value, prefix, "abc") == becomes


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("amount", "amount_value"),
        ("payment_method_id", "paymentMethodId"),
        ("_links", "_links_value"),
        ("id_", "id__value"),
    ],
)
def test_a_field_gets_a_new_name(name: str, becomes: str) -> None:
    assert mutations.new_name(name) == becomes


def test_a_problem_keeps_the_errors_sentence() -> None:
    assert mutations.as_problem({"error": {"code": "x", "message": "No such thing."}}, 404, "Not Found") == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No such thing.",
    }
    assert mutations.as_problem([], 500, "Server Error")["detail"] == "Server Error"
