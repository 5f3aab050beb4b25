"""Five vendors from 10,000 calls: every operation is found, none is two, no two are one; and what is written passes.

The calls are to operations drawn from the vendors' own documents, with ids in each vendor's forms; among them are
writes that were sent again, safely and not.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.discovery.vendor_traffic import VENDORS, VendorCall, traffic
from tidegate.check.checking import check_file
from tidegate.cli.traffic.discover import write_draft
from tidegate.openapi.document import Document
from tidegate.proxy.discovery.discovery_document import DiscoveredHost, document_of
from tidegate.proxy.discovery.host_catalog import HostCatalog
from tidegate.proxy.discovery.sighting import Sighting
from tidegate.proxy.discovery.vendor_draft import vendor_name

CALLS = 10_000
LIMITS: dict[str, dict[str, str]] = {
    "api.github.com": {f"x-ratelimit-{name}": "5" for name in ("limit", "remaining", "reset", "used", "resource")},
    "shop.myshopify.com": {"x-shopify-shop-api-call-limit": "1/40"},
}
UNSAFE: list[list[dict[str, Any]]] = [
    [{"status": 503, "unsure": True}, {}],
    [{"status": 0, "unsure": True}, {}],
    [{"status": 500, "unsure": True, "key": b"one"}, {"key": b"two"}],
    [{"status": 502, "unsure": True, "key": b"one"}, {}],
]
SAFE: list[list[dict[str, Any]]] = [
    [{"status": 503, "unsure": True, "key": b"one"}, {"key": b"one"}],
    [{"status": 429}, {}],
    [{"status": 402}, {}],
    [{}, {}],
    [{"status": 503, "unsure": True}, {"content": b"another body"}],
    [{"status": 503, "unsure": True}, {"app": "desk"}],
]


@pytest.fixture(scope="module")
def documents(specs: Path, root: Path) -> dict[str, Document]:
    files = {
        "stripe": specs / "stripe" / "spec3.json",
        "twilio": specs / "twilio" / "twilio_api_v2010.json",
        "github": specs / "github" / "api.github.com.json",
        "slack": specs / "slack" / "slack_web_openapi_v2.json",
        "shopify": root / "adapters" / "shopify" / "openapi.json",
    }
    return {vendor: Document.load(file) for vendor, file in files.items()}


def sighted(call: VendorCall, number: int) -> Sighting:
    writes = call.method in ("POST", "PUT", "PATCH")
    return Sighting(
        app="shop", scheme="https", host=call.host, method=call.method, path=call.path, queried=(), began=float(number),
        ended=number + 0.1, status=200, auth="bearer", content=b"%d" % number if writes else b"",
        sent_type="application/json" if writes else "", answered_type="application/json",
        limits=LIMITS.get(call.host, {}), operation=call.truth,
    )  # fmt: skip


def planted(call: Sighting, changes: list[dict[str, Any]], number: int) -> Iterator[Sighting]:
    """A write that is sent again, a second later, in the midst of the others."""
    for place, change in enumerate(changes):
        began = call.began + 0.3 + place
        given: dict[str, Any] = {"content": b"planted %d" % number, "began": began, "ended": began + 0.1} | change
        yield replace(call, **given)


def seen(documents: dict[str, Document], seed: int) -> tuple[HostCatalog, Counter[tuple[str, str]]]:
    """The catalog after all calls, and the host and operation of each unsafe retry that was planted."""
    rng = random.Random(seed)
    calls = [sighted(call, number) for number, call in enumerate(traffic(documents, rng, CALLS))]
    posts = [call for call in calls if call.method == "POST"]
    plan = [(changes, True) for changes in UNSAFE for _ in range(5)] + [(one, False) for one in SAFE for _ in range(5)]
    expected = Counter[tuple[str, str]]()
    for number, (changes, unsafe) in enumerate(plan):
        at = rng.choice(posts)
        calls += planted(at, changes, number)
        expected[at.host, at.operation] += unsafe
    catalog = HostCatalog()
    for call in sorted(calls, key=lambda one: one.ended):
        catalog.add(call, call.ended)
    return catalog, +expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_every_operation_is_found_once_and_every_unsafe_retry_is_listed(
    documents: dict[str, Document], tmp_path: Path, seed: int
) -> None:
    catalog, expected = seen(documents, seed)
    assert catalog.calls >= CALLS
    assert {*catalog.hosts} == {host for host, *_ in VENDORS.values()}
    unsafe = Counter[tuple[str, str]]()
    for host in catalog.hosts:
        places = defaultdict[str, list[str]](list)
        for found in catalog.operations(host):
            [truth] = found.record.of("operations")  # no two operations were taken for one
            places[truth].append(found.template)
            unsafe[host, truth] += found.record.unsafe
        assert {truth: where for truth, where in places.items() if len(where) > 1} == {}
        written_and_checked(catalog, host, tmp_path)
    assert +unsafe == expected
    assert len(catalog.unsafe) == expected.total()


def written_and_checked(catalog: HostCatalog, host: str, folder: Path) -> None:
    document = json.loads(json.dumps(document_of(catalog, host)))
    name = vendor_name(host)
    file = write_draft(DiscoveredHost.read(document), name, folder / name, force=False)
    findings = check_file(file, name)
    assert [str(one) for one in findings if one.severity != "notice"] == []
    assert any("owner" in one.message for one in findings)
    written = Document.load(folder / name / "openapi.json")
    assert len(written.operations) == len(document["operations"])
