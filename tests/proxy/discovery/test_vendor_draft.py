"""A drafted vendor file passes the check, whatever was seen, and what a person must decide is named."""

from pathlib import Path
from typing import Any

import pytest

from tests.proxy.discovery.sightings import catalog_of, seen
from tidegate.check.checking import check_file
from tidegate.cli.traffic.discover import write_draft
from tidegate.proxy.discovery.discovery_document import DiscoveredHost, document_of
from tidegate.proxy.discovery.sighting import Sighting
from tidegate.proxy.discovery.vendor_draft import preset_of, vendor_draft, vendor_name

GITHUB = {f"x-ratelimit-{name}": "5" for name in ("limit", "remaining", "reset", "used", "resource")}


def found(*calls: Sighting) -> DiscoveredHost:
    return DiscoveredHost.read(document_of(catalog_of(*calls), calls[0].host))


def checked(folder: Path, *calls: Sighting) -> tuple[str, list[str]]:
    """The vendor file, and what the check says of it."""
    host = found(*calls)
    file = write_draft(host, "shop", folder / "shop", force=False)
    findings = check_file(file, "shop")
    assert [str(one) for one in findings if one.severity != "notice"] == []
    return file.read_text(), [one.message for one in findings]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"auth": "basic", "limits": GITHUB, "queried": ("a b", "c:d", "{}")},
        {"auth": "x-api-key", "status": 0, "retry_after": True},
        {"host": "127.0.0.1:8443", "sent_type": "weird", "answered_type": "text/html"},
        {"host": "[::1]:8080", "scheme": "http"},
        {"path": '/a"b/{x}/c\n%00/é'},
        {"path": "/"},
    ],
)
def test_whatever_was_seen_the_file_passes_the_check(tmp_path: Path, changes: dict[str, Any]) -> None:
    given = {"method": "POST", "path": "/orders/42", **changes}
    _, open_matters = checked(tmp_path, seen(**given), seen("GET", "/orders"))
    assert len(open_matters) >= 6
    assert all(message.startswith("to be decided: ") for message in open_matters)


def test_keys_limits_and_unsafe_retries_are_told(tmp_path: Path) -> None:
    text, open_matters = checked(
        tmp_path,
        seen("POST", "/orders", auth="bearer", key_header="idempotency-key", limits=GITHUB),
        seen("POST", "/orders", content=b"x", status=504, unsure=True, auth="x-api-key"),
        seen("POST", "/orders", content=b"x", status=403, retry_after=True, limits={"x-quota-usage": "1"}),
    )
    matters = "\n".join(open_matters)
    assert "PostOrders: {idempotency: never-resend}  # keys in idempotency-key on 1 of 3 calls" in text
    assert "dialect: github" in text
    assert "operations.PostOrders: 1 unsafe retries" in matters
    assert "x-quota-usage" in matters
    assert "1 answers of 403 had Retry-After" in matters
    assert "credentials stood in bearer, x-api-key" in matters
    assert "if the vendor honours them" in matters


def test_a_vendor_is_called_by_its_host() -> None:
    assert vendor_name("api.stripe.com") == "stripe"
    assert vendor_name("slack.com") == "slack"
    assert vendor_name("shop.myshopify.com") == "shop-myshopify"
    assert vendor_name("127.0.0.1:8080") == "host-127-0-0-1-8080"
    assert vendor_name("api.com") == "api-com"
    assert vendor_name("api.null.com") == "host-null"


def test_a_dialect_is_known_by_all_its_headers() -> None:
    assert preset_of(GITHUB) == "github"
    assert preset_of({"x-ratelimit-limit": "5"}) is None
    assert preset_of({"ratelimit-limit": "5", "ratelimit-remaining": "1", "ratelimit-reset": "1"}) == "ietf-03"


def test_the_file_says_where_it_is_from() -> None:
    draft = vendor_draft(found(seen("GET", "/orders")), "shop")
    assert draft.name == "shop"
    assert draft.text.startswith("# Written by `tidegate discover`")
    assert "operations:" not in draft.text
