"""The name of the server in the first bytes of a TLS connection (SNI, RFC 6066 §3), read as the bytes come.

A tunnel that is passed through unread is let to one host. On a shared address the handshake may name another, and the
server there goes by that: so the name is read, and nothing else. What begins as no handshake of TLS names nobody. Pure.
"""

from typing import Literal, NamedTuple

HELLO_BYTES_MAX = 65_536
"""A longer ClientHello is nobody's: with keys that withstand quantum computers it has about 2 kB."""
_RECORD_BYTES_MAX = 16_384 + 256
"""RFC 8446 §5.1, with what TLS 1.2 allows on top."""
_HANDSHAKE, _CLIENT_HELLO, _SERVER_NAME, _HOST_NAME = 22, 1, 0, 0


class SeenName(NamedTuple):
    """What was read: more is needed, nobody is named, a name in lower case, or it cannot be read in one way alone."""

    state: Literal["more", "none", "named", "unreadable"]
    name: str = ""


MORE, NONE, UNREADABLE = SeenName("more"), SeenName("none"), SeenName("unreadable")


def seen_name(data: bytes) -> SeenName:
    """The server's name in what an app has sent so far."""
    if not data:
        return MORE
    if data[0] != _HANDSHAKE or (len(data) > 1 and data[1] != 3):
        return NONE
    message, at = b"", 0
    while at + 5 <= len(data):
        kind, length = data[at], int.from_bytes(data[at + 3 : at + 5], "big")
        if kind != _HANDSHAKE or not 0 < length <= _RECORD_BYTES_MAX:
            return UNREADABLE
        message += data[at + 5 : at + 5 + length]
        if message[0:1] not in (b"", bytes([_CLIENT_HELLO])):
            return UNREADABLE
        size = int.from_bytes(message[1:4], "big")
        if len(message) >= 4 and size > HELLO_BYTES_MAX:
            return UNREADABLE
        if len(message) >= 4 + size and len(message) >= 4:
            return _name_in(message[4 : 4 + size])
        at += 5 + length
    return MORE if len(data) <= HELLO_BYTES_MAX else UNREADABLE


def _name_in(hello: bytes) -> SeenName:
    """The name in the body of a ClientHello (RFC 8446 §4.1.2)."""
    try:
        at = 34
        for size in (1, 2, 1):  # session id, cipher suites, compression methods
            at += size + _number(hello, at, size)
        if at == len(hello):
            return NONE
        end = at + 2 + _number(hello, at, 2)
        at, names = at + 2, list[SeenName]()
        while at < end:
            kind, length = _number(hello, at, 2), _number(hello, at + 2, 2)
            if kind == _SERVER_NAME:
                names.append(_host_name(hello[at + 4 : at + 4 + length]))
            at += 4 + length
    except IndexError:
        return UNREADABLE
    if at != end or end != len(hello) or len(names) > 1:
        return UNREADABLE
    return names[0] if names else NONE


def _host_name(extension: bytes) -> SeenName:
    """The one name of the extension. Two are read by one server and not by another."""
    length = _number(extension, 3, 2)
    written = extension[5 : 5 + length]
    if _number(extension, 0, 2) != 3 + length or len(extension) != 5 + length or extension[2] != _HOST_NAME:
        return UNREADABLE
    try:
        return SeenName("named", written.decode("ascii").lower())
    except UnicodeDecodeError:
        return UNREADABLE


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise IndexError("it ends too soon")
    return int.from_bytes(data[at : at + size], "big")
