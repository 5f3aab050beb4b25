"""Leads the vendor's URLs back through the gateway: in header fields, and in JSON where the vendor file says so.

A URL is compared by its parts (RFC 3986 §6.2): scheme and host without case, the port by what it means, the base path
by whole segments once dot segments are removed. What leads elsewhere, cannot be read, or only holds the vendor's URL in
its query stays as it is.
"""

import re
from collections.abc import Mapping

from yarl import URL

_LINK_TARGET = re.compile(rb'"(?:[^"\\]|\\.)*"|<([^>]*)>')
"""A quoted parameter, which is passed over, or a target (RFC 8288 §3)."""

_REFRESH = re.compile(rb"(?i)(\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?)(['\"]?)([^'\"\s]+)(.*)", re.DOTALL)
"""The parts of a Refresh field (HTML §4.2.4.3): what stands before the URL, a quote, the URL, the rest."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DOTS = re.compile(r"(?i)(?:^|/)(?:\.|%2e){1,2}(?:/|$)")
"""A dot segment (RFC 3986 §3.3), its dots encoded or not."""

FIELDS = frozenset((
    b"location", b"content-location", b"link", b"refresh", b"operation-location", b"azure-asyncoperation",
    b"odata-entityid", b"x-goog-upload-url", b"x-goog-upload-control-url",
))  # fmt: skip
"""The fields of an answer whose URLs an app follows (RFC 9110 §10.2.2 and §8.7, RFC 8288): of those that are no
standard, where Azure has a long operation asked after, OData names what was written (4.01 §8.3.4), and Google takes an
upload."""


class UrlRewriter:
    """The URLs of one vendor, whose API stands at `address` and whose path at the gateway is `/name`.

    For an app that reached it by its own address, `path` is what that address has for it.
    """

    def __init__(self, address: str, name: str, path: str | None = None) -> None:
        base = URL(address)
        self.at_origin = path is not None
        """True where the app reached the vendor by its own address."""
        self._origin = base.origin()
        self._base_path = address.partition("://")[2].partition("/")[2].rstrip("/")
        self._base_path = f"/{self._base_path}" if self._base_path else ""
        self._path = f"/{name}" if path is None else path
        self._in_json = _in_json(base, self._base_path)

    def target(self, url: str, gateway: str, path: str = "/") -> str:
        """Where a URL reference of an answer's header leads, for an app that reached the gateway at `gateway`.

        RFC 9110 §10.2.2: it is resolved against the address of the request, whose path below the base was `path`. A
        path that is relative leads rightly from the gateway's address too, unless it climbs; an absolute one is led
        below the vendor's.
        """
        if url.startswith("//") or _SCHEME.match(url):
            rest = self._vendors(url)
            return url if rest is None else f"{gateway}{self._path}{rest}"
        climbs = not url.startswith("/") and _DOTS.search(_path_of(url)) is not None
        if climbs:
            url = _joined(f"{self._base_path}{_path_of(path)}", url)
        if not url.startswith("/"):
            return url
        rest = self._below(url)
        if rest is None:
            return f"{self._origin}{url}"
        led = f"{path_of(gateway)}{self._path}{rest}"
        return f"{gateway}{rest}" if led.startswith("//") else led  # two slashes would make a host of what follows

    def field(self, name: bytes, value: bytes, gateway: str, path: str = "/") -> bytes:
        """The value of one of FIELDS, each of its targets led through. `name` is in lower case.

        A path in Content-Location stays: it is the vendor's name for a representation, and nobody follows it.
        """
        if name == b"link":
            return self.link(value, gateway, path)
        if name == b"refresh":
            found = _REFRESH.fullmatch(value)
            if found is None:
                return value
            before, quote, url, after = found.groups()
            return before + quote + self._target(url, gateway, path) + after
        if name == b"content-location" and value.startswith(b"/") and not value.startswith(b"//"):
            return value
        return self._target(value, gateway, path)

    def link(self, value: bytes, gateway: str, path: str = "/") -> bytes:
        """A Link header with each target led through."""

        def led(found: "re.Match[bytes]") -> bytes:
            target = found[1]
            return found[0] if target is None else b"<%b>" % self._target(target, gateway, path)

        return _LINK_TARGET.sub(led, value)

    def _target(self, url: bytes, gateway: str, path: str) -> bytes:
        return self.target(url.decode("latin-1"), gateway, path).encode("latin-1", "replace")

    @staticmethod
    def reads(headers: Mapping[str, str] | None) -> bool:
        """True where a body with these headers is looked into: JSON that is not compressed."""
        if headers is None or headers.get("Content-Encoding", "identity").lower() != "identity":
            return False
        return headers.get("Content-Type", "").partition(";")[0].strip().lower().endswith("json")

    def led_through(self, body: bytes, headers: Mapping[str, str] | None, gateway: str) -> bytes:
        """The body with each of the vendor's URLs rewritten; as it is where it is no JSON, or is compressed."""
        if not self.reads(headers):
            return body
        here = gateway + self._path
        plain, escaped = here.encode(), here.replace("/", "\\/").encode()
        return self._in_json.sub(lambda found: b'"' + (escaped if b"\\" in found[0] else plain), body)

    def _vendors(self, url: str) -> str | None:
        """What follows the base path, where an absolute URL is one of the vendor's."""
        scheme, separator, after = url.partition("//")
        if not separator or scheme.lower() not in ("", f"{self._origin.scheme}:"):
            return None
        try:
            parsed = URL(f"{self._origin.scheme}://{after}", encoded=True)
            named = (parsed.host or "").lower(), parsed.port
            same = named == (self._origin.host, self._origin.port) and parsed.user is None
        except ValueError:
            return None
        return self._below(after[len(parsed.raw_authority) :]) if same else None

    def _below(self, path: str) -> str | None:
        """What follows the base path; None where a path does not stand below it."""
        if _DOTS.search(_path_of(path)) is not None:
            path = _joined("/", path)
        rest = path[len(self._base_path) :]
        return rest if path.startswith(self._base_path) and rest[:1] in ("", "/", "?", "#") else None


def path_of(gateway: str) -> str:
    """The path of this proxy's URL as apps reach it, which a reverse proxy takes off; empty where it has none."""
    path = gateway.partition("://")[2].partition("/")[2]
    return f"/{path}" if path else ""


def _path_of(reference: str) -> str:
    return reference.partition("#")[0].partition("?")[0]


def _joined(path: str, reference: str) -> str:
    """A reference resolved against a path, its dot segments removed and nothing else of it changed (RFC 3986 §5.2)."""
    there = _path_of(reference)
    merged = there if there.startswith("/") else f"{path[: path.rfind('/') + 1] or '/'}{there}"
    steps: list[str] = []
    for step in (*merged.split("/")[1:-1], *_last(merged)):
        dots = step.lower().replace("%2e", ".")
        if dots == "..":
            del steps[-1:]
        elif dots != ".":
            steps.append(step)
    return f"/{'/'.join(steps)}{reference[len(there) :]}"


def _last(path: str) -> tuple[str, ...]:
    """The last segment of a path; dots there leave an empty one behind."""
    last = path.rpartition("/")[2]
    return (last, "") if last.lower().replace("%2e", ".") in (".", "..") else (last,)


def _in_json(base: URL, base_path: str) -> "re.Pattern[bytes]":
    """The beginning of a JSON text that is one of the vendor's URLs, up to the base path; slashes may be escaped."""

    def slashed(text: str) -> str:
        return re.escape(text).replace("/", r"\\?/")

    port = rf":{base.port}"
    port = rf"(?:{port})?" if base.is_default_port() else port
    host = "|".join(re.escape(f"[{name}]" if ":" in name else name) for name in {base.raw_host or "", base.host or ""})
    found = rf'(?<!\\)"(?i:{base.scheme}:\\?/\\?/(?:{host})){port}{slashed(base_path)}(?=["/?#{{]|\\/)'
    return re.compile(found.encode())
