"""Which IP addresses may be connected to: a decision with its kind and reason, on each address before it is used.

Pure. Only public unicast addresses are, in every disguise that IPv6 has for an IPv4 address: a name that resolves to an
internal address must not turn the proxy into a way in (server-side request forgery, CWE-918). The address that is
judged is the one that is connected to: a name that resolves otherwise the next time (rebinding) gains nothing.

Where private addresses are allowed, some never are: those by which clouds hand out credentials, and those that are no
host's (multicast, unspecified, link-local, broadcast).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal

Reach = Literal["refuse", "warn", "allow"]
"""What is done about an address that is not public."""

AddressKind = Literal[
    "public", "loopback", "private", "shared", "link-local", "metadata", "multicast", "unspecified", "documentation",
    "reserved", "transition", "this machine", "unreadable",
]  # fmt: skip

NEVER: frozenset[AddressKind] = frozenset(("metadata", "multicast", "unspecified", "link-local", "unreadable"))
"""Kinds that nothing allows."""

_METADATA = frozenset(map(ip_address, (
    "169.254.169.254",  # AWS, Azure, GCP, DigitalOcean, Oracle, …
    "169.254.169.253", "169.254.169.123", "169.254.170.2", "169.254.170.23",  # AWS: names, time, ECS, EKS
    "fd00:ec2::254", "fd00:ec2::253", "fd00:ec2::123", "fd00:ec2::23",  # the same over IPv6
    "fd20:ce::254",  # GCP over IPv6
    "100.100.100.200", "fd00:100::100:200",  # Alibaba
    "fd00:a9fe:a9fe::1",  # Akamai (Linode) over IPv6
    "fd00:42::42",  # Scaleway over IPv6
    "168.63.129.16",  # Azure's wire server, a public address
    "fd00:c1::a9fe:a9fe", "192.0.0.192",  # Oracle over IPv6, and the older one
)))  # fmt: skip

_SPECIAL_V4: Mapping[str, AddressKind] = {
    "0.0.0.0/8": "unspecified",  # Linux connects it to this machine
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared",  # carrier-grade NAT (RFC 6598)
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "reserved",
    "192.52.193.0/24": "reserved",
    "192.88.99.0/24": "transition",  # 6to4 relays (RFC 7526)
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "reserved",
    "198.18.0.0/15": "reserved",  # benchmarks (RFC 2544)
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "255.255.255.255/32": "multicast",
    "240.0.0.0/4": "reserved",
}
"""IANA's registry of special-purpose IPv4 addresses (RFC 6890)."""

_SPECIAL_V6: Mapping[str, AddressKind] = {
    "64:ff9b:1::/48": "private",  # NAT64 of a network of its own (RFC 8215)
    "100::/64": "reserved",
    "2001::/32": "transition",  # Teredo (RFC 4380)
    "2001:db8::/32": "documentation",
    "2001::/23": "reserved",
    "2002::/16": "transition",  # 6to4 (RFC 3056, RFC 7526)
    "3fff::/20": "documentation",
    "5f00::/16": "reserved",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "private",  # site-local (RFC 3879)
    "ff00::/8": "multicast",
}
"""The same for IPv6. What is outside 2000::/3 and not named is reserved."""

_KINDS_V4 = tuple((IPv4Network(network), kind) for network, kind in _SPECIAL_V4.items())
_KINDS_V6 = tuple((IPv6Network(network), kind) for network, kind in _SPECIAL_V6.items())
_GLOBAL = IPv6Network("2000::/3")
_EMBEDDING = (
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("64:ff9b::/96"),
)
"""IPv4-compatible and IPv4-mapped (RFC 4291 §2.5.5), IPv4-translated (RFC 2765 §2.1), NAT64 (RFC 6052): the last 32
bits are an IPv4 address, and a packet goes there."""

_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")

_ISATAP = frozenset((0x00005EFE, 0x02005EFE))
"""The third quarter of an address whose last 32 bits are an IPv4 address (RFC 5214 §6.1)."""


@dataclass(frozen=True, slots=True)
class AddressDecision:
    """What was decided on one address."""

    address: str
    kind: AddressKind
    result: Literal["allowed", "warned", "refused"]

    @property
    def refused(self) -> bool:
        """True where it must not be connected to."""
        return self.result == "refused"

    @property
    def reason(self) -> str:
        """In words; empty for a public one."""
        if self.kind == "public":
            return ""
        said = "cannot be read as an IP address" if self.kind == "unreadable" else f"is not public: {self.kind}"
        return f"{self.address} {said}"


def judge(address: str, reach: Reach = "refuse") -> AddressDecision:
    """The decision on an address as a resolver gives it."""
    kind = kind_of(address)
    if kind == "public":
        return AddressDecision(address, kind, "allowed")
    if reach == "refuse" or kind in NEVER:
        return AddressDecision(address, kind, "refused")
    return AddressDecision(address, kind, "warned" if reach == "warn" else "allowed")


def refusal(address: str) -> str:
    """Why this address may not be connected to, where only public ones may; empty where it may."""
    return judge(address).reason


@lru_cache(maxsize=4096)
def kind_of(address: str) -> AddressKind:
    """The kind of an address. One with a zone id is link-local (RFC 4007 §11)."""
    bare, zone, _ = address.partition("%")
    try:
        ip = ip_address(bare)
    except ValueError:
        return "unreadable"
    if zone:
        return "link-local"
    return _kind_v4(ip) if isinstance(ip, IPv4Address) else _kind_v6(ip)


def _kind_v4(ip: IPv4Address) -> AddressKind:
    if ip in _METADATA:
        return "metadata"
    return next((kind for network, kind in _KINDS_V4 if ip in network), "public")


def _kind_v6(ip: IPv6Address) -> AddressKind:
    number = int(ip)
    if number <= 1:
        return "loopback" if number else "unspecified"
    if ip in _METADATA:
        return "metadata"
    inner = _kind_v4(IPv4Address(number & 0xFFFFFFFF))
    if any(ip in network for network in _EMBEDDING):
        return inner
    if (number >> 32) & 0xFFFFFFFF in _ISATAP and inner != "public":
        return inner
    kind = next((kind for network, kind in _KINDS_V6 if ip in network), None)
    local = _in_nat64_local(number) if ip in _NAT64_LOCAL else ()
    carried = (ip.sixtofour, ip.teredo and ip.teredo[1], *local)
    if any(inside in _METADATA for inside in carried if inside is not None):
        return "metadata"
    return kind or ("public" if ip in _GLOBAL else "reserved")


def _in_nat64_local(number: int) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that one of a network's own NAT64 may carry, by the length of its prefix (RFC 6052 §2.2)."""
    of_48 = (number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF
    of_56 = (number >> 64 & 0xFF) << 24 | number >> 32 & 0xFFFFFF
    return tuple(IPv4Address(one) for one in (of_48, of_56, number >> 24 & 0xFFFFFFFF, number & 0xFFFFFFFF))
