"""Whom a request is addressed to: this gateway, by its Host header or by a target in absolute form, or somebody else.

Names are judged by tidegate.world.host_names; this file knows what a request says (RFC 9112 §3.2, RFC 9110 §7.2), and
the URL by which an app reaches us.
"""

import re
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import HttpVersion, web
from aiohttp.http import RawRequestMessage
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.config import Config
from tidegate.url_port import USUAL_PORTS
from tidegate.world.host_names import HostNames, bare, is_loopback, split_host

_ABSOLUTE = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
HOPS = re.compile(r"[0-9]{1,100}")
COUNTS_HOPS = frozenset(("OPTIONS", "TRACE"))
"""The methods of whose requests hops are counted, where they say so."""


class Addressing:
    """The addresses of one gateway. `port` is the one that it listens on."""

    def __init__(self, config: Config, port: int) -> None:
        public = urlsplit(config.public_url or "")
        self.public_url = (config.public_url or "").rstrip("/")
        """Empty where it is what the app says."""
        self._public = (public.hostname or "", public.port or USUAL_PORTS.get(public.scheme))
        self._hosts = {bare(name) for name in config.hosts}
        names = [*config.hosts, *([public.hostname] if public.hostname else [])]
        self.names = HostNames(config.listen.host, names, any_name=not config.anonymous)
        self._listen = bare(config.listen.host)
        self._port = port

    def ours(self, host: str | None, target: str, request: web.BaseRequest) -> tuple[str, str] | Reply:
        """The gateway's URL, without a path, and the target in origin form, or a refusal.

        The URL is empty where the Host header says it.

        A target in absolute form counts, and not the Host header beside it (RFC 9112 §3.2.2). One that names another
        server stays as it is: the router says that this is no forward proxy.
        """
        if request.version.major != 1:
            return _unspoken(request.version)
        refusal = self.names.refusal(host)
        absolute = _ABSOLUTE.fullmatch(target)
        if absolute is not None and refusal != 400:
            scheme, authority, rest = absolute[1].lower(), absolute[2], absolute[3]
            if "@" in authority:
                return refused(PROBLEMS["bad-request"], "The target names a user (RFC 9110 §4.2.4).")
            if self._leads_here(scheme, authority, request):
                return f"{scheme}://{authority}", _path_of(rest)
            return "", target
        if refusal:
            return _refusal(refusal, host)
        return url_of(request) if host is None else "", target

    def _leads_here(self, scheme: str, authority: str, request: web.BaseRequest) -> bool:
        """True for an address that nobody but this gateway can have: its names at its port, and the configured ones."""
        parts = split_host(authority)
        if parts is None:
            return False
        name, port = parts[0], parts[1] or USUAL_PORTS[scheme]
        if name in self._hosts or (name, port) == self._public:
            return True
        local = bare(local_address(request)[0])
        here = name in (self._listen, local) or (is_loopback(name) and is_loopback(local))
        return here and port == self._port


def with_a_hop_less(message: RawRequestMessage) -> RawRequestMessage | None:
    """A request as it goes on, where it counts its hops (RFC 9110 §7.6.2); None where this is its last one."""
    hops = message.headers.get("Max-Forwards", "")
    if not HOPS.fullmatch(hops):
        return message
    left = int(hops) - 1
    if left < 0:
        return None
    headers = CIMultiDict(message.headers)
    headers["Max-Forwards"] = str(left)
    raw = tuple((name, value) for name, value in message.raw_headers if name.lower() != b"max-forwards")
    return message._replace(
        headers=CIMultiDictProxy(headers), raw_headers=(*raw, (b"Max-Forwards", str(left).encode()))
    )


def authority_of(target: str) -> str | None:
    """The authority of a target in absolute form; None for any other target."""
    return split_target(target)[0]


def split_target(target: str) -> tuple[str | None, str]:
    """A target's authority, None where it names none, and the rest of it in origin form."""
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        return None, target
    return absolute[2], _path_of(absolute[3])


def _path_of(rest: str) -> str:
    """What follows an authority, in origin form (RFC 9112 §3.2.1)."""
    return rest if rest.startswith("/") else f"/{rest}"


def misaddressed(names: HostNames, host: str | None, authority: str | None) -> int:
    """The status of a request that is not addressed to one of these names; 0 for one that is.

    The authority of a target in absolute form goes before Host, which has to be readable all the same (RFC 9112 §3.2).
    """
    status = names.refusal(host)
    if authority is None or status == HTTPStatus.BAD_REQUEST:
        return status
    return names.refusal(authority)


def url_of(request: web.BaseRequest) -> str:
    """The URL of the gateway, for a request that names none: the very address that its connection came to."""
    host, port = local_address(request)
    secured = request.transport is not None and request.transport.get_extra_info("ssl_object") is not None
    scheme = "https" if secured else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def local_address(request: web.BaseRequest) -> tuple[str, int]:
    """The address and port that the app's connection came to."""
    transport = request.transport
    name = transport.get_extra_info("sockname") if transport is not None else None
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else ("", 0)


def _unspoken(version: HttpVersion) -> Reply:
    """The refusal of a request of another major version (RFC 9110 §15.6.6), or of none at all (RFC 9112 §3)."""
    status = 505 if version.major else 400
    return refused(replace(PROBLEMS["bad-request"], status=status), "HTTP/1.1 and HTTP/1.0 are spoken here.")


def _refusal(status: int, host: str | None) -> Reply:
    named = (host or "")[:64]
    if status == 400:
        return refused(PROBLEMS["bad-request"], f"The Host header {named!r} cannot be read (RFC 9110 §7.2).")
    return refused(
        PROBLEMS["misdirected"],
        f"{named!r} is no name of this gateway. If it ought to be one, it belongs under `hosts` in tidegate.yaml.",
    )
