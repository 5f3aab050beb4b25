"""What was discovered goes to JSON and comes back."""

import json

from tests.proxy.discovery.sightings import catalog_of, seen
from tidegate.proxy.discovery.discovery_document import DiscoveredHost, document_of, overview_of


def test_a_host_comes_back_from_json() -> None:
    catalog = catalog_of(
        seen("GET", "/orders/42", auth="bearer", limits={"ratelimit-limit": "5"}),
        seen("POST", "/orders", status=503, retry_after=True, content=b"x", unsure=True),
        seen("POST", "/orders", content=b"x", app="desk"),
    )
    found = DiscoveredHost.read(json.loads(json.dumps(document_of(catalog, "api.shop.example"))))
    assert (found.host, found.scheme, found.calls) == ("api.shop.example", "https", 3)
    assert [(one.method, one.template, one.kinds) for one in found.operations] == [
        ("POST", "/orders", ()),
        ("GET", "/orders/{}", (("number",),)),
    ]
    assert (found.limits, found.retry_after) == ({"ratelimit-limit": "5"}, {"503": 1})
    assert found.total().calls == 3
    assert found.total().of("auth") == {"bearer": 1}


def test_the_overview_names_hosts_and_unsafe_retries() -> None:
    tries = [seen("POST", "/orders", content=b"x", status=0, unsure=True), seen("POST", "/orders", content=b"x")]
    overview = json.loads(json.dumps(overview_of(catalog_of(*tries), 7)))
    assert (overview["calls"], overview["hosts"], overview["dropped"], overview["unsafe"]) == (2, 1, 7, 1)
    assert overview["hosts_seen"][0]["host"] == "api.shop.example"
    assert overview["unsafe_retries"][0]["path"] == "/orders"
