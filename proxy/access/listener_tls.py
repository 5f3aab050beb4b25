"""TLS of a listener: its certificate, and who may show one of their own. Read anew when the files change.

A pair that cannot be used (a key of another certificate, a file half written) is refused, and what was in force stays:
new connections get it, and those that are open keep theirs. It refuses to know what a certificate means for an app.
"""

import ssl
from collections.abc import Callable
from pathlib import Path

from tidegate.problems import UsageError
from tidegate.proxy.identity.access_config import ListenerTls

Told = Callable[[str, str], object]
"""Told of a change: what happened, and why where it was refused."""

_Stamp = tuple[tuple[int, int, int], ...]


class TlsFiles:
    """The files of one listener, named `key` in the configuration. Raises UsageError where they cannot be used."""

    def __init__(self, key: str, settings: ListenerTls) -> None:
        self.key, self._settings = key, settings
        self._seen = self._judged = self._stamp()
        self.certificate = ""
        """The certificate in force, in PEM."""
        self.context = self._made()
        """The context of the listener: what changes takes its place within it."""
        self.context.sni_callback = self._choose
        self._current = self.context

    def check(self, told: Told) -> None:
        """Look at the files, and put in force what has changed and does not change any more."""
        before, self._seen = self._seen, self._stamp()
        if self._seen != before or self._seen == self._judged:
            return
        self._judged = self._seen
        try:
            self._current = self._made()
        except UsageError as error:
            told("refused", str(error))
        else:
            told("accepted", "")

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext) -> None:
        """Called by OpenSSL for each new connection, before a certificate is chosen."""
        if connection.context is not self._current:
            connection.context = self._current

    def _made(self) -> ssl.SSLContext:
        settings = self._settings
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(settings.cert, settings.key, password=_no_password)
            if settings.clients is not None:
                context.load_verify_locations(settings.clients)
                context.verify_mode = ssl.CERT_REQUIRED if settings.require else ssl.CERT_OPTIONAL
                # A session that is resumed is not verified again, though its authority may have been taken away since
                # (RFC 8446 §2.2). Of TLS 1.2 Python cannot keep OpenSSL from resuming; of 1.3 it can.
                context.minimum_version, context.num_tickets = ssl.TLSVersion.TLSv1_3, 0
            self.certificate = settings.cert.read_text(encoding="latin-1")
        except (OSError, ValueError) as error:  # ssl.SSLError among them
            raise UsageError(f"{self.key}: {self._named(error)}") from None
        return context

    def _named(self, error: Exception) -> str:
        files = ", ".join(str(file) for file in self._files())
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        return f"{files}: {str(reason).replace('_', ' ').lower()}"

    def _files(self) -> list[Path]:
        settings = self._settings
        return [settings.cert, settings.key, *([settings.clients] if settings.clients else [])]

    def _stamp(self) -> _Stamp:
        stamps: list[tuple[int, int, int]] = []
        for file in self._files():
            try:
                status = file.stat()
                stamps.append((status.st_ino, status.st_size, status.st_mtime_ns))
            except OSError as error:
                stamps.append((0, 0, error.errno or 0))
        return tuple(stamps)


def _no_password() -> str:
    raise ValueError("the key has a password, which nobody can type here")
