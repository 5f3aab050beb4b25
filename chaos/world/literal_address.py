"""Tells an IP address from a name, as the virtual network's resolver must."""

import functools
from ipaddress import ip_address


@functools.cache
def literal_address(host: str) -> str | None:
    """An IP address as it is usually written; None for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None
