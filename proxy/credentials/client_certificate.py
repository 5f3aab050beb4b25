"""A client certificate for mutual TLS: read whole, checked with its key, and shown on the connections that are made.

A certificate belongs to a connection. So its digest tells one vendor's connections from those of another version, and a
change of it makes new ones. It reads no reference and watches no file.
"""

import contextlib
import hashlib
import os
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from tidegate.problems import UsageError
from tidegate.redaction.secret import Secret

KEY_LINE_MIN = 16
"""Shorter lines of a key are no secret of their own."""


@dataclass(frozen=True, slots=True)
class LoadedCertificate:
    """A certificate chain in PEM and its private key, which may stand in the same text."""

    chain: Secret = field(repr=False)
    key: Secret = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Tells this version from another."""
        return hashlib.sha256(f"{self.chain.reveal()}\0{self.key.reveal()}".encode()).digest()

    @property
    def secrets(self) -> list[str]:
        """The values that nobody may be shown: the lines of the key."""
        return key_lines(self.key)

    def show_on(self, context: ssl.SSLContext) -> None:
        """Have it shown on connections of a context. Raises UsageError, which repeats nothing of it.

        A vendor may ask for it at once, or once it has read which path is asked for (RFC 8446 §4.6.2).
        """
        context.post_handshake_auth = True
        with _as_file(self.chain) as chain, _as_file(self.key) as key:
            try:
                # Without a password OpenSSL would ask at the terminal for that of a key that has one.
                context.load_cert_chain(chain, key, password=lambda: b"")
            except (ssl.SSLError, OSError, ValueError):
                raise UsageError(
                    "auth.certificate: these are not a certificate and its private key in PEM, without a password"
                ) from None


def key_lines(key: Secret) -> list[str]:
    """The lines of a key in PEM, each of which nobody may be shown: a log may tell them one by one."""
    return [line for line in key.reveal().splitlines() if "-----" not in line and len(line) >= KEY_LINE_MIN]


def check(certificate: LoadedCertificate) -> LoadedCertificate:
    """The same certificate, once it was loaded for a try. Raises UsageError."""
    certificate.show_on(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    return certificate


@contextlib.contextmanager
def _as_file(text: Secret) -> Iterator[str]:
    """A text where OpenSSL can read it: in memory, and not on a disk."""
    if not hasattr(os, "memfd_create"):  # on macOS only a file will do: this user's, for the moment
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text.reveal())
            file.flush()
            yield file.name
        return
    descriptor = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, text.reveal().encode())
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
