"""A provider whose secret may change while the proxy runs: what the vendor refuses is told to the watch over secrets.

It knows the reference and the version that is worn, and not where secrets come from.
"""

from collections.abc import Callable, Mapping

from tidegate.configfile.units import SecretRef
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.credentials.secret_reference import resolve
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.redaction.secret import Secret

UNAUTHORIZED = 401
"""RFC 9110 §15.5.2. A 403 is about what the credential may do, and another version may do no more."""

MakeCredential = Callable[[Secret, int], Credential]
"""Makes the credential of a secret and the number of its version. Raises UsageError where it cannot be sent."""


class RotatedCredential(CredentialProvider):
    """See the module."""

    def __init__(self, ref: SecretRef, book: SecretBook, make: MakeCredential, *, text: bool = False) -> None:
        """Raises UsageError where there is no secret, or none that can be sent. `text`, it may have several lines."""
        self.ref = ref
        self._book, self._make, self._text = book, make, text
        super().__init__(self._made())

    def renewed(self) -> Callable[[], object]:
        """Make ready to wear what the book says now. Returns what puts it in force. Raises UsageError."""
        credential = self._made()
        return lambda: self.wear(credential)

    async def rejected(self, credential: Credential, status: int) -> bool:
        """See CredentialProvider.rejected. The watch may put another version in force before this returns."""
        if status == UNAUTHORIZED and credential is self.current:
            await self._book.on_refusal(self.ref, credential.version)
        return credential is not self.current

    def _made(self) -> Credential:
        secret = resolve(self.ref, self._book, text=self._text)
        return self._make(secret, self._book.version(self.ref).number)


def provider_of_one(
    ref: SecretRef, environ: Mapping[str, str], make: MakeCredential, *, text: bool = False
) -> CredentialProvider:
    """The provider of one secret, which a running proxy may exchange. Raises UsageError."""
    if isinstance(environ, SecretBook):
        return RotatedCredential(ref, environ, make, text=text)
    return CredentialProvider(make(resolve(ref, environ, text=text), 0))
