"""Leads the vendor's own addresses in a JSON answer back through the gateway, for SDKs that follow them.

Works on the bytes: a JSON text that begins with the vendor's address, with its slashes escaped or not. It parses
nothing and knows no field.
"""

import re
from collections.abc import Mapping


class UrlRewriter:
    """The addresses of one vendor, which stand at `address` and lead to the gateway's path `/name`."""

    def __init__(self, address: str, name: str) -> None:
        self._name = name
        plain = re.escape(address.encode())
        escaped = re.escape(address.replace("/", "\\/").encode())
        # only a whole address: what follows ends the host or begins its path
        self._pattern = re.compile(b'"(?:(' + plain + b")|" + escaped + b')(?=["/?#]|\\\\/)', re.IGNORECASE)

    @staticmethod
    def reads(headers: Mapping[str, str] | None) -> bool:
        """True where a body with these headers is looked into: JSON that is not compressed."""
        if headers is None or headers.get("Content-Encoding", "identity").lower() != "identity":
            return False
        return headers.get("Content-Type", "").partition(";")[0].strip().lower().endswith("json")

    def led_through(self, body: bytes, headers: Mapping[str, str] | None, gateway: str) -> bytes:
        """The body with every such address rewritten; as it is where it is no JSON, or compressed all the same."""
        if not self.reads(headers):
            return body
        here = f'"{gateway}/{self._name}'
        plain, escaped = here.encode(), here.replace("/", "\\/").encode()
        return self._pattern.sub(lambda match: plain if match[1] is not None else escaped, body)
