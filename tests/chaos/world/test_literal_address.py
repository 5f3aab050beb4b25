"""Tests of tidegate.chaos.world.literal_address."""

import pytest

from tidegate.chaos.world.literal_address import literal_address


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "127.0.0.1"), ("::0:1", "::1"), ("vendor.example", None)])
def test_an_address_is_told_from_a_name(host: str, address: str | None) -> None:
    assert literal_address(host) == address
