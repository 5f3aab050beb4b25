"""The list of headers whose values may be shown."""

import pytest

from tidegate.redaction.shown_headers import HEADERS_SHOWN


@pytest.mark.parametrize(
    "name", ["authorization", "cookie", "set-cookie", "x-api-key", "location", "www-authenticate", "stripe-signature"]
)
def test_a_header_that_may_carry_a_secret_is_not_on_the_list(name: str) -> None:
    assert name not in HEADERS_SHOWN


def test_names_are_in_lower_case_as_they_are_looked_up() -> None:
    assert all(name == name.lower() for name in HEADERS_SHOWN)
