"""Tests of tidegate.proxy.forward.vendor_origins."""

from types import SimpleNamespace
from typing import Any

import pytest

from tidegate.proxy.forward.vendor_origins import VendorOrigins, tls_host_of
from tidegate.proxy.policies.destinations.destination import Destination


def upstream(name: str, base_url: str, address: str | None = None) -> Any:
    return SimpleNamespace(
        name=name, facts=SimpleNamespace(base_url=base_url), address=(address or base_url).rstrip("/")
    )


ORIGINS = VendorOrigins(
    {
        "ai": upstream("ai", "https://api.ai.example/v1", "http://127.0.0.1:9100"),
        "ai2": upstream("ai2", "https://api.ai.example/v1/beta/"),
        "six": upstream("six", "https://[2001:db8::1]:8443"),
    }
)


@pytest.mark.parametrize(
    ("scheme", "host", "port", "path", "found"),
    [
        ("https", "api.ai.example", 443, "/v1/models?a=b", ("ai", "/models?a=b")),
        ("https", "api.ai.example", 443, "/v1", ("ai", "")),
        ("https", "api.ai.example", 443, "/v1/beta/x", ("ai2", "/x")),
        ("https", "api.ai.example", 443, "/v1/betas", ("ai", "/betas")),
        ("https", "api.ai.example", 443, "/v10/x", None),
        ("https", "api.ai.example", 8443, "/v1/x", None),
        ("http", "api.ai.example", 443, "/v1/x", None),
        ("http", "127.0.0.1", 9100, "/models", ("ai", "/models")),
        ("https", "2001:db8::1", 8443, "/x", ("six", "/x")),
    ],
)
def test_a_url_belongs_to_the_vendor_whose_base_url_it_is_below(
    scheme: str, host: str, port: int, path: str, found: tuple[str, str] | None
) -> None:
    below = [(each.upstream.name, each.below(path)) for each in ORIGINS.at(scheme, Destination(host, port))]
    assert next((pair for pair in below if pair[1] is not None), None) == found


def test_urls_lead_back_to_the_base_url_that_the_app_used() -> None:
    _, origin = ORIGINS.at("https", Destination("api.ai.example", 443))
    assert origin.origin == "https://api.ai.example"
    led = origin.urls.target("http://127.0.0.1:9100/models/2", origin.origin)
    assert led == "https://api.ai.example/v1/models/2"
    assert origin.urls.target("/models/2", origin.origin) == "/v1/models/2"


def test_the_host_of_a_url_is_told_where_it_is_reached_by_tls() -> None:
    found = [tls_host_of(url) for url in ("https://Api.Example./v1", "https://[::1]:8443", "http://a.example")]
    assert found == ["api.example", "::1", ""]
