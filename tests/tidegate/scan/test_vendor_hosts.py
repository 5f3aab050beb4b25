"""A vendor's host is found in an address, and not in one that only looks like it."""

from pathlib import Path

import pytest

from tests.tidegate.files import put
from tidegate.scan.vendor_hosts import VendorHosts
from tidegate.vendor.search_path import shipped_vendors

HOSTS = VendorHosts({"api.stripe.com": "stripe"})


@pytest.mark.parametrize(
    "text",
    ["https://api.stripe.com", "HTTPS://API.STRIPE.COM/v1", "http://api.stripe.com:443/x", "api.stripe.com",
     "api.stripe.com/v1", "curl https://api.stripe.com/v1/charges -d a=1", "https://api.stripe.com./v1"],
)  # fmt: skip
def test_it_is_found(text: str) -> None:
    assert HOSTS.in_text(text) == ("api.stripe.com", "stripe")


@pytest.mark.parametrize(
    "text",
    ["https://api.stripe.com.evil.example", "https://stripe.com/docs", "we call api.stripe.com for it", "",
     "https://x.example/?u=api.stripe.com", "notapi.stripe.com"],
)  # fmt: skip
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert HOSTS.in_text(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("https://slack.com/api/chat.postMessage", True), ("https://slack.com/api", True), ("slack.com/api/x", True),
     ("https://slack.com/", False), ("https://slack.com/apis", False), ("https://slack.com", False)],
)  # fmt: skip
def test_a_website_on_the_apis_host_is_not_the_api(text: str, found: bool) -> None:
    hosts = VendorHosts.of(shipped_vendors())
    assert (hosts.in_text(text) is not None) is found


def test_hosts_are_those_of_the_vendor_files_but_for_made_up_ones(tmp_path: Path) -> None:
    hosts = VendorHosts.of({**shipped_vendors(), "shop": put(tmp_path)}).hosts
    assert hosts["api.openai.com"] == "openai"
    assert hosts["uploads.github.com"] == "github"
    assert not any(host.endswith(".example") for host in hosts)
