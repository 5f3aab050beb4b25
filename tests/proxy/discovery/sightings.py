"""Sightings for tests."""

from itertools import count
from typing import Any

from tidegate.proxy.discovery.host_catalog import HostCatalog
from tidegate.proxy.discovery.sighting import Sighting

_seconds = count()


def seen(method: str, path: str, host: str = "api.shop.example", **changes: Any) -> Sighting:
    """A call that took a tenth of a second, a second after the one before."""
    began = float(next(_seconds))
    given: dict[str, Any] = {
        "app": "shop", "scheme": "https", "host": host, "method": method, "path": path, "queried": (), "began": began,
        "ended": began + 0.1, "status": 200,
    }  # fmt: skip
    return Sighting(**(given | changes))


def catalog_of(*calls: Sighting) -> HostCatalog:
    catalog = HostCatalog()
    for one in calls:
        catalog.add(one, 1000.0)
    return catalog


def templates(*paths: str, method: str = "GET") -> list[str]:
    """The templates that calls of these paths come to."""
    catalog = catalog_of(*(seen(method, path) for path in paths))
    return [one.template for one in catalog.operations("api.shop.example")]
