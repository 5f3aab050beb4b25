"""Which vendor a URL belongs to: the one whose base URL has its scheme, host and port, and its path below.

A vendor answers to two: the one in its file, which its SDKs call, and the one that tidegate.yaml puts in its place. So
an app that knows nothing but the vendor's real address reaches a simulator, where one is configured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.url_rewriting import UrlRewriter
from tidegate.url_port import USUAL_PORTS


@dataclass(frozen=True, slots=True)
class VendorOrigin:
    """One base URL of a vendor. `path` is that of the URL, without a slash at its end."""

    upstream: Upstream
    origin: str
    """Scheme and authority, as an app writes them."""
    path: str
    urls: UrlRewriter
    """Leads the vendor's URLs back to this base URL."""

    def below(self, path: str) -> str | None:
        """What of a path follows the base path; None where it is not below."""
        rest = path[len(self.path) :]
        return rest if path.startswith(self.path) and rest[:1] in ("/", "?", "") else None


class VendorOrigins:
    """The base URLs of all vendors that are served."""

    def __init__(self, upstreams: Mapping[str, Upstream]) -> None:
        self._origins: dict[tuple[str, str, int], list[VendorOrigin]] = {}
        for upstream in upstreams.values():
            for base_url in dict.fromkeys((upstream.facts.base_url.rstrip("/"), upstream.address)):
                self._add(upstream, base_url)
        for origins in self._origins.values():
            origins.sort(key=lambda origin: -len(origin.path))

    def at(self, scheme: str, to: Destination) -> list[VendorOrigin]:
        """The base URLs of this scheme, host and port, the longest path first."""
        return self._origins.get((scheme, to.host, to.port), [])

    def _add(self, upstream: Upstream, base_url: str) -> None:
        parts = urlsplit(base_url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port or USUAL_PORTS[parts.scheme]
        shown = f"[{host}]" if ":" in host else host
        explicit = "" if port == USUAL_PORTS[parts.scheme] else f":{port}"
        path = parts.path.rstrip("/")
        urls = UrlRewriter(upstream.address, upstream.name, path=path)
        origin = VendorOrigin(upstream, f"{parts.scheme}://{shown}{explicit}", path, urls)
        self._origins.setdefault((parts.scheme, host, port), []).append(origin)


def tls_host_of(base_url: str) -> str:
    """The host of a URL, as Destination.host has it; empty where it is not reached by TLS."""
    parts = urlsplit(base_url)
    return (parts.hostname or "").removesuffix(".") if parts.scheme == "https" else ""
