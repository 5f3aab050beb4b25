"""Makes the credential of one vendor out of a secret: the header line, or the signer, that its scheme asks for.

Whoever has a new secret, or a new token, has it made here. Where secrets come from is not known here.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from tidegate.proxy.call.credential import Credential, Signer
from tidegate.proxy.credentials.client_certificate import key_lines
from tidegate.proxy.credentials.signing.aws_signature import AwsSignature
from tidegate.proxy.credentials.signing.hmac_signature import HmacSignature
from tidegate.proxy.credentials.signing.placed_key import BodyField, QueryKey
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth
from tidegate.world.world import World


class CredentialMaker:
    """See the module. `address` is where the vendor is, whose scheme (http or https) a signature may cover.

    `name` is that of a member of a pool.
    """

    def __init__(self, world: World, vendor: str, auth: Auth, address: str, name: str = "") -> None:
        self._name = name
        self._world, self._auth, self._scheme = world, auth, urlsplit(address).scheme
        self._nonces = world.random(f"signing {vendor}")

    def made(
        self,
        secret: Secret,
        *,
        version: int = 0,
        hidden: Sequence[str] = (),
        identity: Secret | None = None,
    ) -> Credential:
        """See Credential. Raises UsageError, which names no value, where the secret is not one for the scheme."""
        if "\n" in secret.reveal():
            hidden = (*hidden, *key_lines(secret))
        return Credential(
            self._auth,
            secret,
            name=self._name,
            version=version,
            signer=self._signer(secret),
            hidden=hidden,
            identity=identity,
        )

    def _signer(self, secret: Secret) -> Signer | None:
        auth, wall = self._auth, self._world.wall
        if auth.scheme == "query":
            return QueryKey(auth.parameter, secret)
        if auth.scheme == "body":
            return BodyField(auth.field[1:], secret)
        if auth.hmac is not None:
            return HmacSignature(auth.hmac, secret, self._scheme, wall, self._nonces)
        if auth.aws is not None:
            return AwsSignature(auth.aws, secret, wall)
        if auth.message_signature is not None:
            # Its libraries take a while to load, and few vendors need them.
            from tidegate.proxy.credentials.signing.message_signature import MessageSignature

            return MessageSignature(auth.message_signature, secret, self._scheme, wall, self._nonces)
        return None
