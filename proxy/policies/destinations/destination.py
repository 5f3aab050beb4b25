"""The server that a forward-proxied request names: host and port, read strictly, or the reason why it is not taken.

A name that two readers take for two servers is how a guard is got around, so only one spelling of each passes: the
rules of a URL parser's reader are kept (WHATWG URL §3.5), and whatever it would change is refused. An IPv4 address is
four decimal numbers; everything else that ends in a number is refused (octal, hexadecimal, short forms, one number).
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

HOST_MAX = 253
"""Characters of a name (RFC 1035 §2.3.4, the dot of the root aside)."""
TARGET_MAX = 300
"""Characters of an authority that are worth reading."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
"""A last label that a URL parser reads as a part of an IPv4 address (WHATWG URL, "ends in a number")."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A server. `host` is in lower case, without the dot of the root and the brackets of IPv6."""

    host: str
    port: int

    @property
    def authority(self) -> str:
        """As it is written in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_address(self) -> bool:
        """True where no name has to be looked up."""
        return ":" in self.host or self.host.replace(".", "").isdigit()


def read_authority(authority: str, default_port: int | None = None) -> Destination | str:
    """`host:port` → its destination, or why it is not taken. Without a port, `default_port`; None needs one."""
    if not authority.isascii():
        return "it has characters that are not ASCII; a name is sent in its ASCII form (RFC 5891)"
    if len(authority) > TARGET_MAX:
        return "it is too long"
    if "@" in authority:
        return "it names a user (RFC 9110 §4.2.4)"
    host, port_text = _split(authority)
    if port_text is None:
        port = default_port
    elif port_text.isdigit() and len(port_text) <= 5 and (port_text[0] != "0" or port_text == "0"):
        port = int(port_text)
    else:
        return "its port is no number from 1 to 65535"
    if port is None:
        return "it has no port (RFC 9110 §9.3.6)"
    if not 0 < port < 65536:
        return "its port is no number from 1 to 65535"
    name = _name(host)
    return Destination(name[0], port) if isinstance(name, tuple) else name


def _split(authority: str) -> tuple[str, str | None]:
    if authority.startswith("["):
        inside, closed, rest = authority.partition("]")
        if closed and (not rest or rest.startswith(":")):
            return f"{inside}]", rest[1:] if rest else None
        return authority, None
    host, colon, port = authority.partition(":")
    return host, port if colon else None


def _name(host: str) -> tuple[str] | str:
    """The host alone in a tuple, or why it is not taken."""
    if host.startswith("["):
        return _ipv6(host[1:-1]) if host.endswith("]") else "its brackets do not close"
    name = host.lower()
    name = name.removesuffix(".")
    if not name:
        return "it names no host"
    if len(name) > HOST_MAX:
        return "its name is longer than 253 characters"
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]) is not None:
        return _ipv4(name)
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "its name has characters or labels that no host name has (RFC 1123 §2.1)"
    return (name,)


def _ipv4(name: str) -> tuple[str] | str:
    try:
        address = IPv4Address(name)
    except AddressValueError:
        return "it is no IPv4 address in its usual form: four decimal numbers"
    return (str(address),)


def _ipv6(text: str) -> tuple[str] | str:
    if "%" in text:
        return "it has a zone id, which is link-local (RFC 4007 §11)"
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return "it is no IPv6 address"
    if address.ipv4_mapped is not None:
        return "it is an IPv4 address in a form of IPv6; write the four decimal numbers"
    return (str(address),)
