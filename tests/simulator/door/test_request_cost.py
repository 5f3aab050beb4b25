"""Units are told from bytes, from numbers in the body, or from a price that is known."""

import pytest

from tidegate.simulator.door.request_cost import CostSource, QueryCost, actual_units, requested_units
from tidegate.vendor.vendor import Limit


def limit(**changes: object) -> Limit:
    return Limit.model_validate({"name": "x", "rate": "1/s", **changes})


TOKENS = {"unit": "tokens", "amount": {"fields": ("/max",), "otherwise": 9.0}}


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[" * 100_000,
        b'{"max":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"max":' + b"9" * 400 + b"}",
        b'{"max":NaN}',
        b'{"max":1e999}',
        b'{"max":Infinity}',
        b'{"max":"5"}',
        b'{"max":true}',
        b'{"max":"\xff"}',
    ],
)
def test_what_holds_no_number_there_counts_as_otherwise(body: bytes) -> None:
    assert requested_units(limit(**TOKENS), body) == 9


def test_a_number_stands_where_its_pointer_leads_in_lists_and_behind_escapes_too() -> None:
    amount = {"unit": "tokens", "amount": {"fields": ("/batch/1/max~1tokens",), "otherwise": 9.0}}
    assert requested_units(limit(**amount), b'{"batch": [{}, {"max/tokens": 5}]}') == 5


@pytest.mark.parametrize(
    ("changes", "sent", "asked", "spent"),
    [
        ({}, b"12345678", 1, 1),
        ({"unit": "bytes"}, b"12345678", 8, 8),
        ({"unit": "tokens", "amount": {"per_byte": 0.25, "fields": ("/max",)}}, b'{"max":5}', 7.25, 7.25),
        ({"unit": "tokens", "amount": {"fields": ("/max",), "otherwise": 9.0}}, b"no json", 9, 9),
        ({"unit": "cost", "amount": {"fixed": 60.0}}, b"", 60, 30),
        ({"unit": "cost", "amount": {"fixed": 60.0}}, QueryCost(101, 46), 101, 46),
        ({}, QueryCost(101, 46), 1, 1),
        ({"unit": "bytes"}, QueryCost(101, 46), 0, 0),
        ({"unit": "tokens", "amount": {"per_byte": 0.25, "fields": ("/max",)}}, b'{"max":-80000}', 3.5, 3.5),
        ({"unit": "cost"}, QueryCost(-1998, -1998), 0, 0),
    ],
)
def test_what_a_request_uses(changes: dict[str, object], sent: CostSource, asked: float, spent: float) -> None:
    assert requested_units(limit(**changes), sent) == asked
    assert actual_units(limit(**changes), sent) == spent
