"""Which IP addresses a vendor may be reached at. Pure: the transport asks it about each address before it connects.

Refused is everything that is not a public unicast address, in every disguise that IPv6 has for an IPv4 address: a name
that resolves to an internal address must not turn the proxy into a way in (server-side request forgery).
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""RFC 6052 §2.1 and RFC 8215: the last 32 bits are an IPv4 address."""


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def refusal(address: str) -> str:
    """Why this address may not be connected to; empty where it may. One with a zone id is link-local (RFC 4007 §11)."""
    if "%" in address:
        return "an address with a zone id is link-local"
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an IP address"
    if isinstance(ip, IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            why = refusal(str(inner))
            return why and f"{why} (inside {ip})"
    if ip.is_multicast:
        return f"{ip} is a multicast address"
    if not ip.is_global:
        return f"{ip} is not a public address"
    return ""
