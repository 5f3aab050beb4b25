"""The names by which a listener may be addressed: whom a request's Host header has to name (RFC 9110 §7.2, §7.4).

A page in a browser can bind its own name to this machine (DNS rebinding, CWE-350) and then send requests here as if to
its own site. Its Host header still says its own name, so a listener answers to its own names alone.
"""

import ipaddress
import re
from collections.abc import Iterable

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::([0-9]*))?")
"""RFC 3986 §3.2.2, without the forms that nobody uses."""

KNOWN_MAX = 1024
"""Header values whose answer is remembered."""


class HostNames:
    """The names of one listener.

    `listen` is the host that is listened on, `configured` what the configuration adds. A listener on loopback answers
    to loopback names, one elsewhere to IP addresses too, which no page can bind. With `any_name` (those who call show
    a token, which no page has) a listener elsewhere answers to every name.
    """

    def __init__(self, listen: str, configured: Iterable[str] = (), *, any_name: bool = False) -> None:
        self._loopback = _is_loopback(listen.lower())
        self._any_name = any_name and not self._loopback
        self._names = {name.lower().rstrip(".") for name in (listen, *configured)}
        self._known: dict[str | None, int] = {}

    def refusal(self, host: str | None) -> int:
        """0 for a Host header that names this listener; 400 for one that cannot be read, 421 for another's.

        Without one (HTTP/1.0) nobody is named, and no browser speaks like that.
        """
        known = self._known.get(host)
        if known is None:
            known = self._judged(host)
            if len(self._known) < KNOWN_MAX:
                self._known[host] = known
        return known

    def _judged(self, host: str | None) -> int:
        if host is None:
            return 0
        read = _HOST.fullmatch(host)
        if read is None or int(read[2] or 0) > 65535:
            return 400
        if self._any_name:
            return 0
        name = read[1].lower().rstrip(".")
        bare = name[1:-1] if name.startswith("[") else name
        if bare in self._names or _is_loopback(bare) or (not self._loopback and _is_address(bare)):
            return 0
        return 421


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    """True for loopback addresses, and for the names that are bound to them for ever (RFC 6761 §6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
