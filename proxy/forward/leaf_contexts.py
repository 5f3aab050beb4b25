"""The TLS that an opened tunnel speaks to its app: one context for each host, with a certificate of Tidegate's own CA.

The host is the one that CONNECT named. An app whose handshake then names another (SNI, RFC 6066 §3) is refused, so a
tunnel to one host never carries another's. HTTP/1.1 is what is spoken inside: an app that offers HTTP/2 too falls back.
"""

import os
import ssl
import tempfile
from collections import OrderedDict
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tidegate.proxy.forward.certificate_authority import CertificateAuthority
from tidegate.world.world import World

CONTEXTS_MAX = 512
"""Contexts that are kept; the one that was used least lately goes first."""

RENEWED_AT = 0.5
"""Of its life, a certificate is used for so much before another is made."""


class LeafContexts:
    """The contexts of the hosts that are opened. All certificates have one key, which never leaves this process."""

    def __init__(self, world: World, authority: CertificateAuthority, life_s: float) -> None:
        self.authority = authority
        self.made = 0
        """Certificates made so far."""
        self.misnamed = 0
        """Handshakes that named another host than their CONNECT."""
        self._world = world
        self.life_s = life_s
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._key_pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._known: OrderedDict[str, tuple[ssl.SSLContext, float]] = OrderedDict()

    def context(self, host: str) -> ssl.SSLContext:
        """The context for one host, whom the CA covers."""
        now = self._world.wall()
        known = self._known.get(host)
        if known is not None and known[1] - self.life_s < now < known[1]:
            self._known.move_to_end(host)
            return known[0]
        made = self._made(host, now)
        self._known[host] = (made, now + self.life_s * RENEWED_AT)
        self._known.move_to_end(host)
        if len(self._known) > CONTEXTS_MAX:
            self._known.popitem(last=False)
        return made

    def _made(self, host: str, now: float) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        load_chain(context, self.authority.leaf(host, self._key, now, self.life_s), self._key_pem)

        def check(_object: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> int | None:
            if name is None or name.lower().removesuffix(".") == host:
                return None
            self.misnamed += 1
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

        context.sni_callback = check
        self.made += 1
        return context


def load_chain(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Give a context a certificate and its key, which the ssl module reads from files alone.

    On Linux the file is in memory and has no name; elsewhere it is in a folder of our own, for a moment.
    """
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").exists():
        file = os.memfd_create("leaf", os.MFD_CLOEXEC)
        try:
            os.write(file, certificate + key)
            context.load_cert_chain(f"/proc/self/fd/{file}")
        finally:
            os.close(file)
        return
    with tempfile.TemporaryDirectory(prefix="tidegate-leaf-") as folder:  # its mode is 0700
        path = Path(folder) / "leaf.pem"
        path.write_bytes(certificate + key)
        context.load_cert_chain(path)
