"""Chooses and makes the provider of a vendor's credential, from what its file says of authentication.

The one place that puts the parts of token management together. It starts nothing: the first call asks for a token.
"""

import ssl
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from tidegate.configfile.units import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.config import VendorUse
from tidegate.proxy.credentials.client_certificate import LoadedCertificate, check, key_lines
from tidegate.proxy.credentials.credential_maker import CredentialMaker
from tidegate.proxy.credentials.credential_pool import CredentialPool
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.credentials.rotated_credential import provider_of_one
from tidegate.proxy.credentials.secret_reference import resolve
from tidegate.proxy.credentials.token_chain import chain_name
from tidegate.proxy.credentials.token_endpoint import TokenEndpoint
from tidegate.proxy.credentials.token_provider import TokenProvider
from tidegate.proxy.credentials.token_renewal import Chain, TokenRenewal
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.tokens import TokenRows
from tidegate.proxy.wire.transport import Origin, Transport
from tidegate.redaction.secret import Secret
from tidegate.url_port import port_of
from tidegate.vendor.auth_facts import Auth, OAuth
from tidegate.vendor.token_facts import TokenRequest
from tidegate.world.world import World

NO_USE = VendorUse()


class ProviderChoice:
    """Makes providers. `tokens` and `now` are the store's; `transport` makes connections for a token endpoint."""

    def __init__(
        self,
        world: World,
        environ: Mapping[str, str],
        tokens: TokenRows,
        now: Callable[[], StoreTime],
        transport: Callable[[World, Origin], Transport],
    ) -> None:
        self._world, self._environ, self._tokens, self._now = world, environ, tokens, now
        self._transport = transport

    def secret(self, auth: Auth, given: SecretRef | None) -> Secret:
        """The secret that a vendor file names, or the one given in its place. Raises UsageError."""
        return resolve(given or auth.secret, self._environ, text=is_text(auth))

    def provider(
        self, vendor: str, auth: Auth, origin: Origin, address: str, use: VendorUse = NO_USE
    ) -> CredentialProvider:
        """The provider for a vendor at `address`: of one credential, or of several.

        Raises UsageError where a secret cannot be had, or used, or is the same as another.
        """
        members = members_of(use, auth)
        if not members:
            return self._one(vendor, auth, origin, address, use.secret)
        named = {name: self._one(vendor, auth, origin, address, ref, name) for name, ref in members.items()}
        first: dict[str, str] = {}
        for name, member in named.items():
            other = first.setdefault(member.current.identity.reveal(), name)
            if other != name:
                raise UsageError(
                    f"secrets.{name}: {members[name]} is the same as {other}; its limits would count twice"
                )
        return CredentialPool(named, auth.pool, self._world.now)

    def _one(
        self, vendor: str, auth: Auth, origin: Origin, address: str, given: SecretRef | None, name: str = ""
    ) -> CredentialProvider:
        """The provider of one credential; `name` is that of a member of a pool."""
        maker, certificate = CredentialMaker(self._world, vendor, auth, address, name), self._certificate(auth)
        if auth.tokens is None:
            hidden = certificate.secrets if certificate is not None else ()

            def made(secret: Secret, version: int) -> Credential:
                return maker.made(secret, version=version, hidden=hidden)

            provider = provider_of_one(given or auth.secret, self._environ, made, text=is_text(auth))
        else:
            assert auth.oauth is not None
            if certificate is not None and origin.tls is not None:
                certificate.show_on(origin.tls)
            secret = self.secret(auth, given)
            whose = f"{vendor} {name}" if name else vendor
            provider = self._by_tokens(whose, auth, auth.tokens, auth.oauth, secret, maker, origin, address)
        provider.certificate = certificate
        return provider

    def _certificate(self, auth: Auth) -> LoadedCertificate | None:
        """Our client certificate. Raises UsageError where it cannot be had, or used."""
        facts = auth.certificate
        if facts is None:
            return None
        chain = resolve(facts.chain, self._environ, text=True)
        beside = auth.secret if auth.scheme == "certificate" else facts.chain
        key = resolve(facts.key or beside, self._environ, text=True)
        return check(LoadedCertificate(chain, key))

    def _by_tokens(
        self,
        vendor: str,
        auth: Auth,
        request: TokenRequest,
        oauth: OAuth,
        secret: Secret,
        maker: CredentialMaker,
        origin: Origin,
        address: str,
    ) -> TokenProvider:
        first = None if request.refresh_token is None else resolve(request.refresh_token, self._environ)
        server = oauth.server or "{0.scheme}://{0.netloc}".format(urlsplit(address))
        host = urlsplit(server).netloc
        assertion = None
        if request.client_auth == "private_key_jwt":
            # Its library takes a while to load, and few vendors need it.
            from tidegate.proxy.credentials.client_assertion import ClientAssertion

            nonces = self._world.random(f"assertions {vendor}")
            assertion = ClientAssertion(request, secret, server + oauth.token, nonces)
        endpoint = TokenEndpoint(
            self._world,
            oauth,
            request,
            self._transport(self._world, _origin_of(server, origin)),
            host=host,
            secret=lambda: secret,
            assertion=assertion,
        )
        name = chain_name(vendor, oauth, request, first)
        chain = Chain(name, first, oauth.reuse_grace, oauth.refresh_expires_in or 0.0, oauth.rotates)
        renewal = TokenRenewal(self._world, chain, endpoint, self._tokens, self._now)
        hidden = tuple(value.reveal() for value in (secret, first) if value is not None)
        hidden += tuple(key_lines(secret)) if assertion is not None else ()
        identity = Secret("\n".join((name, *hidden)))
        return TokenProvider(self._world, auth, maker, renewal, name=name, identity=identity, hidden=hidden)


def members_of(use: VendorUse, auth: Auth) -> Mapping[str, SecretRef]:
    """The members of a vendor's pool, none where it has one credential. What tidegate.yaml names is used instead."""
    return use.secrets or ({} if use.secret else auth.secrets)


def secrets_of(use: VendorUse, auth: Auth) -> Sequence[SecretRef]:
    """The references of every credential of a vendor."""
    return tuple(members_of(use, auth).values()) or (use.secret or auth.secret,)


def is_text(auth: Auth) -> bool:
    """Whether the secret is a text of several lines: a private key in PEM."""
    by_key = auth.tokens is not None and auth.tokens.client_auth == "private_key_jwt"
    if by_key or auth.scheme == "certificate":
        return True
    return auth.message_signature is not None and auth.message_signature.algorithm != "hmac-sha256"


def _origin_of(server: str, vendor: Origin) -> Origin:
    """Where a token endpoint is: under the same trust as the vendor, and private addresses only where it may."""
    parts = urlsplit(server)
    tls = None
    if parts.scheme == "https":
        tls = vendor.tls or ssl.create_default_context()  # the vendor's trust, and our certificate on it
    if not parts.hostname:
        raise UsageError(f"auth.oauth.server: {server} names no host")
    port = port_of(parts)
    return Origin(parts.hostname, port, tls, private=vendor.private, trust=vendor.trust)
