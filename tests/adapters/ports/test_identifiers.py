"""Identifiers with their vendor's name."""

import pytest

from tidegate.adapters.ports.failures import Rejected
from tidegate.adapters.ports.identifiers import own_id, qualified, vendor_of


def test_an_identifier_finds_its_way_back() -> None:
    assert vendor_of(qualified("shop", "a:b")) == "shop"
    assert own_id(qualified("shop", "a:b"), "shop", field="id") == "a:b"
    assert vendor_of("a") == ""


@pytest.mark.parametrize("identifier", ["", "a", "other:a", "shop:", ":a"])
def test_what_is_no_id_of_the_vendors_is_rejected_by_the_fields_name(identifier: str) -> None:
    with pytest.raises(Rejected) as error:
        own_id(identifier, "shop", field="order_id")
    assert error.value.field == "order_id"
