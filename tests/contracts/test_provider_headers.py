"""Headers that the proxy puts in."""

from tidegate.contracts.provider_headers import provider_headers
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor


def test_the_version_of_the_api_is_told_where_the_vendor_wants_one() -> None:
    facts = {name: load_vendor(find_vendor(name)).vendor.facts for name in ("anthropic", "adyen")}
    assert provider_headers(facts["anthropic"]) == {"anthropic-version": "2023-06-01"}
    assert provider_headers(facts["adyen"]) == {}
