"""The adapter survives any answer: what comes out is a value of the port's or one of its failures."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.answering import at_once
from tests.adapters.stripe.answering import payments
from tests.adapters.stripe.test_adapter import ALL
from tests.adapters.stripe.test_error_mapping import JSON
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.payments import Payment, PaymentPage, Refund

FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.just("pi_1") | JSON,
        "status": st.just("succeeded") | JSON,
        "amount": st.integers() | JSON,
        "amount_received": st.integers() | JSON,
        "currency": st.sampled_from(["eur", "isk", "mga"]) | JSON,
        "metadata": st.dictionaries(st.just("order_id"), JSON) | JSON,
        "last_payment_error": JSON,
        "payment_intent": st.just("pi_1") | JSON,
    },
)
BODIES = FIELDS | st.fixed_dictionaries({"data": st.lists(FIELDS, max_size=3), "has_more": st.booleans() | JSON}) | JSON


@given(st.sampled_from(sorted(ALL)), st.integers(100, 599), BODIES)
def test_whatever_json_comes_it_is_an_answer_or_one_of_the_failures(name: str, status: int, body: object) -> None:
    adapter, _ = payments(status, json.dumps(body).encode())
    with contextlib.suppress(VendorFailure):
        result = at_once(ALL[name](adapter))
        assert isinstance(result, Payment | Refund | PaymentPage)
        assert repr(result).encode()


@given(st.sampled_from(sorted(ALL)), st.integers(100, 599), st.binary())
def test_whatever_bytes_come_they_are_one_of_the_failures(name: str, status: int, body: bytes) -> None:
    adapter, _ = payments(status, body)
    with pytest.raises(VendorFailure):
        at_once(ALL[name](adapter))
