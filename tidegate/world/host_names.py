"""The names by which a listener may be addressed: whom a request's Host header has to name (RFC 9110 §7.2, §7.4).

A page in a browser can bind its own name to this machine (DNS rebinding, CWE-350) and then send requests here as if to
its own site. Its Host header still says its own name, so a listener answers to its own names alone.
"""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::([0-9]*))?")
"""RFC 3986 §3.2.2, without the forms that nobody uses."""

PORT_DIGITS_MAX = 9
"""Leading zeros are allowed (RFC 3986 §3.2.3), but not more digits than are worth reading."""

HOST_MAX = 320
"""Characters of a Host header: a name of 255 (RFC 1035 §2.3.4) with its port, and to spare."""

KNOWN_MAX = 1024
"""Header values whose answer is remembered."""


class HostNames:
    """The names of one listener.

    `listen` is the host that is listened on, `configured` what the configuration adds. A listener on loopback answers
    to loopback names, one elsewhere to IP addresses too, which no page can bind. With `any_name` (those who call show
    a token, which no page has) a listener elsewhere answers to every name.
    """

    def __init__(self, listen: str, configured: Iterable[str] = (), *, any_name: bool = False) -> None:
        self._loopback = is_loopback(listen.lower())
        self._any_name = any_name and not self._loopback
        self._names = {bare(name) for name in (listen, *configured)}
        self._known: dict[str | None, int] = {}

    def refusal(self, host: str | None) -> int:
        """0 for a Host header that names this listener; 400 for one that cannot be read, 421 for another's.

        Without one (HTTP/1.0) nobody is named, and no browser speaks like that.
        """
        known = self._known.get(host)
        if known is None:
            known = self._judged(host)
            if len(self._known) < KNOWN_MAX and len(host or "") <= HOST_MAX:
                self._known[host] = known
        return known

    def _judged(self, host: str | None) -> int:
        if host is None:
            return 0
        parts = split_host(host)
        if parts is None:
            return 400
        name = parts[0]
        if self._any_name:
            return 0
        if name in self._names or is_loopback(name) or (not self._loopback and is_address(name)):
            return 0
        return 421


def split_host(host: str) -> tuple[str, int] | None:
    """Name and port of a Host header or an authority without a user; None where it is none.

    The name is in lower case, without the brackets of IPv6 and the dot of the root; the port is 0 where none is said.
    """
    read = _HOST.fullmatch(host) if len(host) <= HOST_MAX else None
    if read is None or len(read[2] or "") > PORT_DIGITS_MAX or int(read[2] or 0) > 65535:
        return None
    name = bare(read[1])
    if read[1].startswith("[") and not is_address(name):
        return None
    return (name, int(read[2] or 0)) if name else None


def bare(name: str) -> str:
    """A host in lower case, without the brackets of IPv6 and the dot of the root."""
    name = name.lower().rstrip(".")
    return name[1:-1] if name.startswith("[") else name


@lru_cache(KNOWN_MAX)
def is_address(name: str) -> bool:
    """True for an IP address, of IPv6 without brackets."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """True for loopback addresses, and for the names that are bound to them for ever (RFC 6761 §6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
