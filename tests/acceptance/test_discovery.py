"""Discovery on real sockets: apps call five simulated vendors through the forward proxy, and their files are written.

`TIDEGATE_DISCOVERY_CALLS` calls are sent, by eight apps at once; then writes are sent again, safely and not. What was
found is read from the admin page, as `tidegate discover write` does.
"""

import asyncio
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from tests.proxy.discovery.vendor_traffic import VendorCall, traffic
from tidegate.check.checking import check_file
from tidegate.cli.traffic.discover import write_draft
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.proxy.desk.discovery_pages import discovery_page
from tidegate.proxy.discovery.discovery_document import DiscoveredHost
from tidegate.simulator import Simulator
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CALLS = int(os.environ.get("TIDEGATE_DISCOVERY_CALLS", "2000"))
AT_ONCE = 8
SEED = 1
KEYED = {"Idempotency-Key": "planted"}
AUTH = {
    "stripe": ("Authorization", "Bearer app", "bearer"),
    "twilio": ("Authorization", "Basic YXBwOmFwcA==", "basic"),
    "github": ("Authorization", "Bearer app", "bearer"),
    "slack": ("Authorization", "Bearer app", "bearer"),
    "shopify": ("X-Shopify-Access-Token", "app", "x-shopify-access-token"),
}
"""Where each vendor's apps put the credential, and what that is called."""


@pytest.fixture
def specs_of(specs: Path, root: Path) -> dict[str, Path]:
    return {
        "stripe": specs / "stripe" / "spec3.json",
        "twilio": specs / "twilio" / "twilio_api_v2010.json",
        "github": specs / "github" / "api.github.com.json",
        "slack": specs / "slack" / "slack_web_openapi_v2.json",
        "shopify": root / "adapters" / "shopify" / "openapi.json",
    }


@pytest.fixture
def simulators(specs_of: dict[str, Path]) -> Iterator[dict[str, Simulator]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Simulator(name, spec=spec)) for name, spec in specs_of.items()}


def host_of(simulator: Simulator) -> str:
    return simulator.url.partition("://")[2].partition("/")[0]


def proxy_at(folder: Path, root: Path, simulators: dict[str, Simulator]) -> Proxy:
    ports = [int(host_of(one).rpartition(":")[2]) for one in simulators.values()]
    rules = [{"hosts": ["127.0.0.1"], "action": "open", "ports": ports, "private_addresses": "allow"}]
    config = {"listen": "127.0.0.1:0", "store": str(folder / "store.db"), "forward": {"rules": rules}}
    vendors = {"warehouse": load_vendor(root / "adapters" / "warehouse" / "vendor.yaml")}
    environ = {"WAREHOUSE_API_KEY": "k"}
    return Proxy(RealWorld(), Config.model_validate_json(json.dumps(config)), vendors, environ=environ, sink=len)


class Apps:
    """Apps that send through the proxy."""

    def __init__(self, proxy: Proxy, session: aiohttp.ClientSession, simulators: dict[str, Simulator]) -> None:
        self.proxy, self.session, self.simulators = f"http://127.0.0.1:{proxy.port}", session, simulators

    async def send(self, call: VendorCall, body: bytes | None, headers: dict[str, str] | None = None) -> int:
        url = f"http://{host_of(self.simulators[call.vendor])}{call.path}"
        name, value, _ = AUTH[call.vendor]
        sent = {name: value, "Content-Type": "application/json", **(headers or {})}
        async with self.session.request(
            call.method, url, data=body, headers=sent, proxy=self.proxy, allow_redirects=False
        ) as answer:
            await answer.read()
            return answer.status

    async def send_all(self, calls: list[VendorCall]) -> None:
        left = iter(enumerate(calls))

        async def some() -> None:
            for number, call in left:
                writes = call.method in ("POST", "PUT", "PATCH")
                await self.send(call, b'{"number": %d}' % number if writes else None)

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))

    async def plant(self, calls: list[VendorCall]) -> Counter[tuple[str, str]]:
        """Writes that are sent again after a failure: one in two without a key. Returns those."""
        planted = Counter[tuple[str, str]]()
        for number, call in enumerate(calls):
            headers, body = ({} if number % 2 else KEYED), b'{"planted": %d}' % number
            self.simulators[call.vendor].arm(kind="outage", mode="status")
            assert await self.send(call, body, headers) == 503
            self.simulators[call.vendor].disarm()
            await self.send(call, body, headers)
            planted[call.vendor, call.truth] += number % 2
        return +planted


async def test_five_vendors_are_discovered_through_the_forward_proxy(
    simulators: dict[str, Simulator], specs_of: dict[str, Path], root: Path, tmp_path: Path
) -> None:
    rng = random.Random(SEED)
    documents = {name: Document.load(spec) for name, spec in specs_of.items()}
    calls = list(traffic(documents, rng, CALLS, most=40))
    posts = [call for call in calls if call.method == "POST"]
    proxy = proxy_at(tmp_path, root, simulators)
    await proxy.start()
    try:
        async with aiohttp.ClientSession() as session:
            apps = Apps(proxy, session, simulators)
            await apps.send_all(calls)
            planted = await apps.plant(rng.sample(posts, 20))
        recorder = proxy.parts.discovery
        overview = json.loads(discovery_page(recorder, "GET", ["", "discovery"]).body)
        names = {host_of(one): name for name, one in simulators.items()}
        pages = {
            name: json.loads(discovery_page(recorder, "GET", ["", "discovery", quote(host, safe="")]).body)
            for host, name in names.items()
        }
    finally:
        await proxy.close()
    assert (overview["calls"], overview["unsafe"]) == (len(calls) + 40, planted.total())
    assert {names[one["host"]] for one in overview["unsafe_retries"]} == {vendor for vendor, _ in planted}
    for vendor, page in pages.items():
        judge(vendor, page, [call for call in calls if call.vendor == vendor], documents[vendor], planted)
        file = write_draft(DiscoveredHost.read(page), vendor, tmp_path / vendor, force=False)
        assert [str(one) for one in check_file(file, vendor) if one.severity != "notice"] == []


def judge(
    vendor: str, page: dict[str, object], calls: list[VendorCall], document: Document, planted: Counter[tuple[str, str]]
) -> None:
    """Each operation that was called is one place, and each place one operation."""
    found = DiscoveredHost.read(page)
    expected = {(call.method, document.operations[call.truth].template) for call in calls}
    assert len(found.operations) == len(expected)
    assert [*found.total().of("auth")] == [AUTH[vendor][2]]
    truths = defaultdict[tuple[str, str], set[str]](set)
    for call in calls:
        fitting = [one.template for one in found.operations if one.method == call.method]
        place = min((one for one in fitting if fits(one, call.path)), key=lambda template: template.count("{}"))
        truths[call.method, place].add(call.truth)
    assert [found_as for found_as in truths.values() if len(found_as) > 1] == []
    unsafe = {
        truth: one.record.unsafe
        for one in found.operations
        for truth in truths[one.method, one.template]
        if one.record.unsafe
    }
    assert unsafe == {truth: times for (of, truth), times in planted.items() if of == vendor}


def fits(template: str, path: str) -> bool:
    """Whether a path is of a template; a word goes before an id."""
    segments, parts = template.split("/"), path.split("/")
    return len(segments) == len(parts) and all(
        part.endswith(segment[2:]) if segment.startswith("{}") else segment == part
        for segment, part in zip(segments, parts, strict=True)
    )
