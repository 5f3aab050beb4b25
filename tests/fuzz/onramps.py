"""The ways into the proxy: how a request is written on each, what the vendor then gets, and how a connection begins.

The bytes of the forms (framings.py) are the same on each: a request that hides in a content asks for `/acme/hidden` of
`127.0.0.1`, and every way in takes that for one of the vendor's, if it ever reads it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

PREFIX = "/acme"
_ABSOLUTE = re.compile(r"(?i)[a-z][a-z0-9+.-]*://[^/?#]*")


@dataclass(frozen=True)
class OnRamp:
    """One way in. `url` stands before every path; `{vendor}` in it is the vendor's own authority."""

    name: str
    url: str = ""
    base_url: str = "http://acme.example"
    """The vendor's, in its file."""
    connects: bool = False
    """A connection begins with CONNECT."""
    keeps_prefix: bool = False
    """Of a target with `url` before it the vendor gets the path whole."""
    forward: dict[str, Any] | None = field(default=None, hash=False)
    """The block `forward`, a CA aside."""

    def meant(self, target: str) -> str:
        """The vendor's target of an app's."""
        absolute = _ABSOLUTE.match(target)
        if absolute is None:
            return target.removeprefix(PREFIX)
        path = target[absolute.end() :]
        path = path if path.startswith("/") else f"/{path}"
        return path if self.keeps_prefix else path.removeprefix(PREFIX)


GATEWAY = OnRamp("gateway")
ABSOLUTE = OnRamp("absolute form", "http://127.0.0.1", f"http://127.0.0.1{PREFIX}", forward={})
OPENED = OnRamp("opened tunnel", "", f"https://127.0.0.1{PREFIX}", connects=True, forward={})
PASSED = OnRamp(
    "passed on", "http://{vendor}", keeps_prefix=True,
    forward={"first_byte": "5s", "idle": "5s", "rules": [{
        "hosts": ["127.0.0.1", "198.51.100.9"], "action": "tunnel", "ports": [], "private_addresses": "allow",
    }]},
)  # fmt: skip
ONRAMPS = (GATEWAY, ABSOLUTE, OPENED, PASSED)

CONNECT = b"CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
