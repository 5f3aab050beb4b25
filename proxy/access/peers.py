"""Who is at the other end of a connection, where the connection itself says so: a client certificate, or a Unix user.

What TLS or the kernel vouches for, and nothing that a request says. It is read from a connection when it is first
asked for, and compared at each call: a reload counts for open connections too.
"""

import math
import socket
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from aiohttp.web_protocol import RequestHandler

from tidegate.proxy.app_config import AppSettings

_CREDENTIALS = struct.Struct("3i")
"""struct ucred: pid, uid, gid (unix(7))."""
NAMES_MAX = 100
"""Names of one certificate that are looked at."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What is known of it, as `clients` and `uids` of an app write it: `sha256:…`, `san:…`, `uid:…`."""

    marks: tuple[str, ...] = ()
    until_wall: float = math.inf
    """The end of its certificate: a connection may outlive it."""


NOBODY = Peer()


def peer_of(connection: RequestHandler) -> Peer:
    """The other end of a connection. NOBODY where nothing vouches for it."""
    transport = connection.transport
    if transport is None:
        return NOBODY
    tls = transport.get_extra_info("ssl_object")
    if tls is not None:
        return _certified(tls)
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family != getattr(socket, "AF_UNIX", None) or not hasattr(socket, "SO_PEERCRED"):
        return NOBODY
    try:
        data = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    except OSError:
        return NOBODY
    return Peer((f"uid:{_CREDENTIALS.unpack(data)[1]}",))


class PeerApps:
    """The apps that are known by their connections."""

    def __init__(self, apps: Mapping[str, AppSettings]) -> None:
        self._apps: dict[str, str] = {}
        for app, settings in apps.items():
            self._apps |= dict.fromkeys(settings.clients, app)
            self._apps |= {f"uid:{uid}": app for uid in settings.uids}

    def __bool__(self) -> bool:
        return bool(self._apps)

    def app_of(self, peer: Peer, wall: float) -> str | None:
        """The app of a peer, by its fingerprint before its names; None where it is nobody's, or over."""
        if wall >= peer.until_wall:
            return None
        return next((app for mark in peer.marks if (app := self._apps.get(mark)) is not None), None)


def _certified(tls: Any) -> Peer:
    """A verified client certificate: what TLS has not verified, getpeercert does not give."""
    der = tls.getpeercert(binary_form=True)
    parsed = tls.getpeercert()
    if not der or not parsed:
        return NOBODY
    names = [f"san:{value}" for _, value in parsed.get("subjectAltName", ())[:NAMES_MAX]]
    return Peer((f"sha256:{sha256(der).hexdigest()}", *names), ssl.cert_time_to_seconds(parsed["notAfter"]))
