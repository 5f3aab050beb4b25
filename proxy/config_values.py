"""The values that several blocks of tidegate.yaml are written with: addresses to listen on, URLs, names.

It knows no block and no key.
"""

import ipaddress
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from tidegate.configfile.web_address import check_base, is_host

PUBLIC_URL = r"^https?://[A-Za-z0-9._\[\]:-]+(/[^?#\s]*)?$"
HOST_NAME = r"^[\[\]0-9A-Za-z:._-]+$"
PLACEHOLDER_NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
APP_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """An address to listen on. Port 0 takes a free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """True where only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(value: object) -> ListenAddress:
    """`127.0.0.1:8080`, `[::1]:8080`, `:8080` (every address) → Address. Raises ValueError."""
    if isinstance(value, ListenAddress):
        return value
    if isinstance(value, str):
        host, colon, port = value.rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if colon and port.isascii() and port.isdecimal() and int(port) <= 65535 and (":" not in host or bare != host):
            return ListenAddress(bare or "0.0.0.0", int(port))  # noqa: S104 - only where the file says so
    raise ValueError(f"{value!r} is not an address; write host:port, like 127.0.0.1:8080 or [::1]:8080")


def _named_host(value: str) -> str:
    if not is_host(value):
        raise ValueError("this is no host; write a name or an IP address, without a port")
    return value


Listen = Annotated[
    ListenAddress, BeforeValidator(parse_address), WithJsonSchema({"type": "string", "examples": ["127.0.0.1:8080"]})
]
HostName = Annotated[str, Field(pattern=HOST_NAME, examples=["tidegate.internal"]), AfterValidator(_named_host)]
PublicUrl = Annotated[
    str, Field(pattern=PUBLIC_URL, examples=["https://tidegate.example/egress"]), AfterValidator(check_base)
]
CLIENT_NAME = r"^(san:\S{1,255}|sha256:[0-9a-f]{64})$"
ClientName = Annotated[str, Field(pattern=CLIENT_NAME, examples=["san:checkout.internal"])]
PlaceholderName = Annotated[str, Field(pattern=PLACEHOLDER_NAME, examples=["partner-key"])]
AppName = Annotated[str, Field(pattern=APP_NAME, examples=["checkout"])]
