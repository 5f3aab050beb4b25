"""The vendor's header lines as the app gets them: its connection's own left out, its URLs led through, well formed.

Which lines belong to a connection and not to a message is RFC 9110 §7.6.1: the known ones, and whatever the vendor's
Connection lines name. What begins with `Tidegate-` is ours to say. White space before a colon goes (RFC 9112 §5.1), and
so does what no field may hold (RFC 9110 §5.5). Nothing here decides what an answer means.
"""

import re
from typing import Protocol

from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.upstream.url_rewriting import FIELDS, UrlRewriter

CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\r\n")) + b"\x7f"
"""What no head may hold; CR and LF are the ends of its lines, and no parser lets them stand within a value."""

NAMES_KEPT_MAX = 4096
"""Header names come from vendors: a bound keeps them from filling memory."""

NOTHING: frozenset[bytes] = frozenset()

_OF_THE_ORIGIN = frozenset(
    b"alt-svc strict-transport-security public-key-pins public-key-pins-report-only expect-ct clear-site-data nel "
    b"report-to reporting-endpoints".split()
)
"""What a vendor says of its own origin and not of an answer: where else it is (RFC 7838), that it is only by TLS (RFC
6797), what a browser is to forget of it. An app that asks this gateway would take it for the gateway's word, and go
round it; one that asks the vendor by its own address gets it."""

_DROPPED = frozenset(
    b"keep-alive proxy-connection proxy-authenticate proxy-authentication-info proxy-authorization te trailer "
    b"transfer-encoding upgrade proxy-status".split()
)
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PERSISTENCE = frozenset((b"close", b"keep-alive"))

_KEEP, _DROP, _LENGTH, _CONNECTION, _URL, _TRIMMED, _ORIGIN = range(7)
_FATES: dict[bytes, int] = {}
"""Header name as it was spelled → what to do with it. Bounded: see `_fate`."""


class Reached(Protocol):
    """The request that an answer is to."""

    @property
    def gateway(self) -> str:
        """This proxy's URL as the app reached it."""
        ...


def append_lines(
    parts: list[bytes],
    lines: RawHeaders,
    urls: UrlRewriter,
    path: str,
    reached: Reached,
    left_out: frozenset[bytes] = NOTHING,
) -> bytes | None:
    """Append those that go on to the app to a head's parts, four to a line; return the vendor's Content-Length.

    `path` is the request's, below the vendor's base. `left_out` are names in lower case.
    """
    begin, length, named, fates = len(parts), None, NOTHING, _FATES
    for name, value in lines:
        fate = fates.get(name)
        if fate is None:
            fate = _fate(name)
        if fate == _KEEP:
            parts += (name, b": ", value, b"\r\n")
        elif fate == _LENGTH:
            length = value
        elif fate == _CONNECTION:
            if value.lower() not in _PERSISTENCE:
                named |= _options(value)
        elif fate == _URL:
            name = name.strip()  # noqa: PLW2901 - as it is spelled from here on
            parts += (name, b": ", urls.field(name.lower(), value, reached.gateway, path), b"\r\n")
        elif fate == _TRIMMED or (fate == _ORIGIN and urls.at_origin):
            parts += (name.strip(), b": ", value, b"\r\n")
    if named or left_out:
        gone = named | left_out
        kept = [at for at in range(begin, len(parts), 4) if parts[at].lower() not in gone]
        parts[begin:] = [part for at in kept for part in parts[at : at + 4]]
    return length


def _options(value: bytes) -> frozenset[bytes]:
    return frozenset(option.strip().lower() for option in value.split(b","))


def _fate(name: bytes) -> int:
    trimmed = name.strip()
    lower = trimmed.lower()
    if lower in _DROPPED or lower.startswith(b"tidegate-") or _TOKEN.fullmatch(trimmed) is None:
        fate = _DROP
    elif lower in FIELDS:
        fate = _URL
    elif lower in _OF_THE_ORIGIN:
        fate = _ORIGIN
    else:
        fate = {b"content-length": _LENGTH, b"connection": _CONNECTION}.get(
            lower, _KEEP if trimmed == name else _TRIMMED
        )
    if len(_FATES) < NAMES_KEPT_MAX:
        _FATES[name] = fate
    return fate
