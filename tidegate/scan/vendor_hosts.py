"""The vendors' hosts in texts of code: those that vendor files name, and a few that are known besides."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tidegate.scan.vendor_sdks import HOSTS
from tidegate.vendor.vendor_file import read_vendor

_URL_HOST = re.compile(r"https?://([A-Za-z0-9.-]{1,253})((?::\d{1,5})?(?:/[^\s\"'<>]{0,200})?)", re.IGNORECASE)
_BARE = re.compile(r"[A-Za-z0-9.-]{4,253}(?::\d{1,5})?(?:/[^\s]*)?")
TEXT_CHARS_MAX = 10_000
"""Of one text so much is read."""


class VendorHosts:
    """Host → vendor. `paths` are those below which a host is the vendor's API, where its website has the same host."""

    def __init__(self, hosts: Mapping[str, str], paths: Mapping[str, str] | None = None) -> None:
        self.hosts = {host.lower(): vendor for host, vendor in hosts.items()}
        self.paths = dict(paths or {})

    @classmethod
    def of(cls, files: Mapping[str, Path]) -> "VendorHosts":
        """The hosts of these vendor files, and of the vendors that are known besides."""
        hosts = {host: vendor for vendor, listed in HOSTS.items() for host in listed}
        paths: dict[str, str] = {}
        for name, file in files.items():
            loaded = read_vendor(file).loaded
            if loaded is not None and ("facts", "base_url") not in loaded.broken:
                address = urlsplit(loaded.vendor.facts.base_url)
                host = address.hostname
                if host and not host.endswith((".example", ".invalid", ".test")):
                    hosts[host] = name
                    if host.count(".") == 1 and address.path.strip("/"):  # slack.com/api
                        paths[host] = address.path.rstrip("/")
                hosts |= dict.fromkeys(loaded.vendor.facts.hosts, name)
        return cls(hosts, paths)

    def in_text(self, text: str) -> tuple[str, str] | None:
        """Host and vendor where a text of code is an address of a vendor's, or holds one; None where it does not.

        A whole text that is a bare host counts as well; one in the middle of a sentence does not.
        """
        text = text[:TEXT_CHARS_MAX]
        for found in _URL_HOST.finditer(text):
            host = found[1].lower().rstrip(".")
            if host in self.hosts and self._is_api(host, found[2]):
                return host, self.hosts[host]
        if _BARE.fullmatch(text):
            host, _, path = text.partition("/")
            host = host.partition(":")[0].lower()
            if host in self.hosts and self._is_api(host, f"/{path}"):
                return host, self.hosts[host]
        return None

    def _is_api(self, host: str, rest: str) -> bool:
        below = self.paths.get(host)
        path = rest[rest.find("/") :] if "/" in rest else ""
        return below is None or path == below or path.startswith(f"{below}/")
