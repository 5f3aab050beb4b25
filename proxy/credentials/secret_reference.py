"""A secret, read from the reference that a vendor file or tidegate.yaml gives in its place.

`environ` is the environment, or the book of secrets that a running proxy has in its place.
"""

from collections.abc import Mapping

from tidegate.configfile.units import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.secrets.local_sources import LocalSources
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import SecretFlaw, header_flaw
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth


def resolve(ref: SecretRef, environ: Mapping[str, str], *, text: bool = False) -> Secret:
    """The secret behind a reference. Raises UsageError that names the reference, never what was found there.

    `text`, it may have several lines, as a key in PEM has.
    """
    if isinstance(environ, SecretBook):
        return _sendable(ref, environ.version(ref).secret, text=text)
    if ref.remote:
        raise UsageError(f"{ref}: only a running proxy asks {ref.source} for secrets")
    return _sendable(ref, LocalSources(environ).look((ref,))[ref].secret, text=text)


def resolve_good(ref: SecretRef, environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """Every secret behind a reference that is still taken from others, newest first. Raises UsageError."""
    if isinstance(environ, SecretBook):
        return tuple(_sendable(ref, version.secret, text=False) for version in environ.good(ref))
    return (resolve(ref, environ),)


def load_credential(auth: Auth, environ: Mapping[str, str], secret: SecretRef | None = None) -> Credential:
    """The credential whose secret the vendor file names, or one given in its place. Raises UsageError."""
    return Credential(auth, resolve(secret or auth.secret, environ))


def _sendable(ref: SecretRef, secret: Secret, *, text: bool) -> Secret:
    value = secret.reveal()
    flaw = header_flaw(value.replace("\r", "").replace("\n", "") if text else value)
    if flaw:
        raise SecretFlaw(f"{ref}: {flaw}")
    return secret
