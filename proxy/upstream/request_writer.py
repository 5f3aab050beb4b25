"""Writes a request as the vendor gets it: the app's, less what is not the vendor's business, with our credential.

What does not depend on the call is put together once, when the vendor file is loaded.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from multidict import MultiMapping

from tidegate.proxy.call.call import Call
from tidegate.proxy.call.credential import Credential
from tidegate.vendor.vendor import Facts

_NOT_SENT_ON = frozenset(
    b"connection keep-alive proxy-connection te trailer transfer-encoding upgrade host content-length expect".split()
)
"""RFC 9110 §7.6.1, and what we set ourselves."""

_OF_THE_NETWORK = frozenset(
    b"forwarded forwarded-for via x-forwarded x-real-ip x-client-ip x-cluster-client-ip x-remote-ip x-remote-addr "
    b"x-originating-ip x-original-host x-original-forwarded-for x-original-url x-original-uri x-rewrite-url "
    b"x-proxyuser-ip true-client-ip client-ip wl-proxy-client-ip x-appengine-user-ip x-azure-clientip x-azure-socketip "
    b"fastly-client-ip fly-client-ip cf-connecting-ip cf-connecting-ipv6 cf-ipcountry cf-ray cf-visitor "
    b"cf-access-jwt-assertion cf-access-authenticated-user-email "
    b"x-goog-iap-jwt-assertion x-goog-authenticated-user-email x-goog-authenticated-user-id "
    b"x-amzn-oidc-data x-amzn-oidc-identity x-amzn-oidc-accesstoken x-pomerium-jwt-assertion "
    b"remote-user remote-email remote-name remote-groups x-remote-user x-webauth-user "
    b"client-cert client-cert-chain x-client-cert x-ssl-client-cert ssl-client-cert "
    b"traceparent tracestate baggage b3 x-cloud-trace-context x-amzn-trace-id uber-trace-id sentry-trace".split()
)
_OF_THE_NETWORK_BEGIN = (
    b"x-forwarded-",
    b"x-envoy-",
    b"x-b3-",
    b"x-datadog-",
    b"x-ms-client-principal",
    b"x-auth-request-",
    b"x-authentik-",
    b"tailscale-user-",
    b"cloudfront-",
)
"""Addresses and names of machines (RFC 7239 §8.3, RFC 9110 §7.6.3), people whom a proxy before the app has let in and
their certificates (RFC 9440 §4), and traces: not the vendor's business, unless the vendor file says so
(`policy.forward`). An underscore counts as a hyphen, as it does to a vendor that speaks CGI (RFC 3875 §4.1.18)."""

NAMES_KEPT_MAX = 4096
"""Header names come from apps: a bound keeps them from filling memory."""


class RequestWriter:
    """Writes the requests to one vendor, whose address is `address`. `forward` are names of headers of the network."""

    def __init__(self, facts: Facts, address: str, credential: Credential, forward: Sequence[str] = ()) -> None:
        keys, dated, parts = facts.idempotency, facts.versioning, urlsplit(address)
        self._key_header = keys.header if keys else None
        self._version = f"{dated.header}: {dated.pin}\r\n".encode() if dated else b""
        self._version_header = dated.header if dated else None
        self._base_path = parts.path.encode()
        host = parts.netloc.rpartition("@")[2]
        self._line, self._after = f" HTTP/1.1\r\nHost: {host}\r\n".encode(), b""
        own = {self._key_header.lower().encode()} if self._key_header else set()
        if facts.urls == "rewrite":  # what is compressed cannot be rewritten
            self._after = b"Accept-Encoding: identity\r\n"
            own.add(b"accept-encoding")
        self._not_sent_on = _NOT_SENT_ON | own
        self._forward = frozenset(name.lower().encode() for name in forward)
        self.wear(credential)

    def wear(self, credential: Credential) -> None:
        """Write `credential` into each request from now on that has none chosen for it."""
        self._fixed = self._line + credential.line + self._after
        self._stripped = frozenset(name.replace(b"_", b"-") for name in self._not_sent_on | credential.strip)
        self._fates: dict[bytes, bool] = {}

    def write(self, call: Call) -> bytes:
        """Head and content; the head alone where the content is streamed."""
        fates, chosen = self._fates, call.credential
        fixed = self._fixed if chosen is None else self._line + chosen.line + self._after
        parts = [call.method.encode(), b" ", self._base_path, call.path.encode(), fixed]
        if self._version_header is not None and self._version_header not in call.headers:
            parts.append(self._version)
        named = _named(call.headers.getall("Connection", ())) if "Connection" in call.headers else ()
        for name, value in call.raw_headers:
            sent = fates.get(name)
            if sent is None:
                sent = self._fate(name)
            if sent and not (named and name.lower() in named):
                parts += (name, b": ", value, b"\r\n")
        if call.key and self._key_header is not None:
            parts.append(f"{self._key_header}: {call.key}\r\n".encode())
        content = call.content
        parts.append(content.framing)
        if call.upgrade:
            parts.append(b"Connection: Upgrade\r\nUpgrade: websocket\r\n")
        parts += (b"\r\n", content.whole or b"")
        return b"".join(parts)

    def sends(self, name: bytes) -> bool:
        """True where a header line of this name goes on to the vendor."""
        sent = self._fates.get(name)
        return self._fate(name) if sent is None else sent

    def _fate(self, name: bytes) -> bool:
        lower = name.lower()
        plain = lower.replace(b"_", b"-")
        sent = plain not in self._stripped and not plain.startswith(b"tidegate-")
        if plain in _OF_THE_NETWORK or plain.startswith(_OF_THE_NETWORK_BEGIN):
            sent = sent and lower in self._forward
        if len(self._fates) < NAMES_KEPT_MAX:
            self._fates[name] = sent
        return sent


def hop_by_hop(headers: MultiMapping[str]) -> frozenset[bytes]:
    """The names, in lower case, of an app's header lines that belong to its connection, or that we set ourselves."""
    return _NOT_SENT_ON | _named(headers.getall("Connection", ()))


def _named(lines: Sequence[str]) -> frozenset[bytes]:
    """The fields that Connection names, all its lines taken as one list (RFC 9110 §5.3, §7.6.1)."""
    return frozenset(part.strip().lower().encode("latin-1", "replace") for line in lines for part in line.split(","))
