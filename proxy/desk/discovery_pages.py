"""What discovery has seen, for the admin port: `GET /discovery`, and `GET /discovery/<host>` with its operations."""

from collections.abc import Sequence
from urllib.parse import unquote

from tidegate.proxy.desk.page import Page, json_page, not_allowed
from tidegate.proxy.discovery.discovery_document import document_of, overview_of
from tidegate.proxy.discovery.recorder import DiscoveryRecorder

PATH = "/discovery"


def discovery_page(recorder: DiscoveryRecorder, method: str, parts: Sequence[str]) -> Page:
    """The page at a path, whose parts are given."""
    if method not in ("GET", "HEAD"):
        return not_allowed("GET, HEAD")
    recorder.flush()
    if len(parts) == 2:
        return json_page(200, overview_of(recorder.catalog, recorder.dropped))
    host = unquote(parts[2]) if len(parts) == 3 else ""
    if host not in recorder.catalog.hosts:
        return json_page(404, {"error": f"nothing was seen of {host[:64]!r}"})
    return json_page(200, document_of(recorder.catalog, host))
