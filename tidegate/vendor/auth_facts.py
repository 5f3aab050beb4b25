"""Authentication at a vendor: the place of the credential, and its OAuth 2.0 endpoints where it has them.

Facts only. The proxy wears the credential; the simulator checks it, and plays the OAuth endpoints.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from tidegate.configfile.block import Block, Pointer
from tidegate.configfile.one_line import OneLine
from tidegate.configfile.sent_header import SentHeaderName
from tidegate.configfile.units import Duration, Secret
from tidegate.configfile.web_address import check_base
from tidegate.vendor.signing_facts import AwsSigning, HmacSigning, MessageSigning
from tidegate.vendor.token_facts import TokenRequest

UrlPath = Annotated[str, Field(pattern=r"^/[^?#\s]*$", examples=["/oauth2/token"])]
"""A path on the vendor's host."""

Server = Annotated[str, Field(pattern=r"^https?://[^/?#@]+$"), AfterValidator(check_base)]
"""The address of a server, without a path."""

Grant = Literal["client_credentials", "refresh_token", "authorization_code", "password"]


class OAuth(Block):
    """The vendor's OAuth 2.0 endpoints (RFC 6749). The simulator plays them; the proxy asks them by `tokens`."""

    token: UrlPath
    """The token endpoint."""
    aliases: tuple[UrlPath, ...] = ()
    """Other paths of the token endpoint: a document may have one for each flow."""
    server: Annotated[Server, Field(examples=["https://login.example.com"])] | None = None
    """Where the endpoints are; on the vendor's own host where this is left out."""
    authorize: UrlPath | None = None
    """The authorization endpoint, where people are sent to agree. The simulator agrees for them."""
    grants: tuple[Grant, ...] = ("client_credentials", "refresh_token")
    """The grants that the token endpoint takes."""
    expires_in: Duration = 3600.0
    """How long an access token is good for."""
    refresh_expires_in: Duration | None = None
    """How long a refresh token is good for; for ever where this is left out."""
    code_expires_in: Duration = 600.0
    """How long an authorization code is good for."""
    rotates: bool = False
    """Whether a refresh token works once, and comes with a new one. Used twice, its whole family ends (RFC 9700)."""
    reuse_grace: Duration = 0.0
    """For so long a refresh token that was used may be used again, for clients that did not get the answer."""
    pkce: Literal["required", "allowed"] = "allowed"
    """Whether an authorization code needs a proof key (RFC 7636)."""
    redirects: tuple[str, ...] = ()
    """The redirect addresses that are registered; any, where none is named."""
    token_prefix: str = ""
    """What each access token begins with."""
    needs: dict[str, str] = Field(default={})
    """The scope that an operation needs, by id or pattern. What is not named needs what the document says."""


MemberName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$", examples=["eu-1"])]
"""The name of a credential among several, as log lines, metrics and `/state` have it."""

MEMBERS_MAX = 32
"""Every choice looks at each credential of a pool."""

Members = Annotated[dict[MemberName, Secret], Field(max_length=MEMBERS_MAX)]


class PoolFacts(Block):
    """What several credentials of one vendor have in common, where there are several."""

    account: Literal["each", "one"] = "each"
    """Whether each credential has an account of its own, or all belong to one: then they share what is there, and
    answers that are kept."""
    keys: Literal["credential", "account"] = "credential"
    """Whether the vendor knows an idempotency key again under the same credential only, or under any of the account."""


Scheme = Literal["bearer", "basic", "header", "query", "body", "hmac", "message-signature", "aws-sigv4", "certificate"]


class ClientCertificate(Block):
    """Our certificate for mutual TLS (RFC 8446 §4.4.2), as references to PEM files or texts."""

    chain: Secret
    """The certificate, with the ones between it and the root behind it."""
    key: Secret | None = None
    """Its private key. Left out, it is `auth.secret` for the scheme `certificate`, and else in the same file."""


class Revocation(Block):
    """The vendor's endpoint that ends a secret of ours. The proxy calls it under the new one, once the old is over."""

    path: UrlPath
    """Its path on the vendor's host."""
    method: Literal["POST", "DELETE", "PUT", "PATCH"] = "POST"
    """Its method."""
    content: Literal["form", "json"] = "form"
    """How the secret is written in the request's content."""
    field: Annotated[str, Field(min_length=1)] = "token"
    """The field that holds it (RFC 7009 §2.1 has `token`)."""


class Auth(Block):
    """How the vendor knows us."""

    scheme: Scheme
    """Where the secret goes: `Authorization: Bearer`, the user name of basic authentication (user and password, where
    the secret is written `user:password`), a header as it is, the query, or a field of the body (JSON or form). Or what
    it signs: `hmac`, `message-signature` (RFC 9421), `aws-sigv4`. With `certificate` the TLS connection says it all."""
    header: SentHeaderName = "Authorization"
    """The header that carries it."""
    parameter: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.~-]{1,128}$")] = "key"
    """The query parameter that carries it, for the scheme `query`."""
    field: Pointer = "/api_key"
    """The field of the body that carries it, for the scheme `body`: in a form, the name behind the slash."""
    secret: Secret
    """A reference to the secret, never the secret itself."""
    secrets: Members = Field(default={})
    """Several credentials instead, by name: a pool, each with limits and quotas of its own."""
    pool: PoolFacts = PoolFacts()
    """What the credentials of a pool have in common."""
    certificate: ClientCertificate | None = None
    """Our client certificate, for mutual TLS. Any scheme can have one beside it."""
    hmac: HmacSigning | None = None
    """How requests are signed, for the scheme `hmac`."""
    message_signature: MessageSigning | None = None
    """How requests are signed, for the scheme `message-signature`."""
    aws: AwsSigning | None = None
    """What is signed for, for the scheme `aws-sigv4`. The secret is written `access key:secret key`, with
    `:session token` behind it where there is one."""
    requirements: Literal["scheme", "document"] = "scheme"
    """What the simulator holds a request to: `scheme` for every operation, or the document's `security`, which may
    want something else, several credentials or none for each. Without a vendor file it is the document's."""
    optional: bool = False
    """Whether requests without a credential are let in too, as to a public API."""
    rotate_every: Duration | None = None
    """How old the secret may become."""
    revocation: Revocation | None = None
    """The endpoint that ends an old secret; left out where the vendor has none, or a person ends it."""
    scopes: OneLine | None = None
    """What the credential may do, in words: the least that the operations need."""
    oauth: OAuth | None = None
    """The vendor's OAuth 2.0 endpoints."""
    tokens: TokenRequest | None = None
    """How the proxy gets access tokens there. Left out, the secret itself is what the vendor takes."""

    @model_validator(mode="after")
    def _sensible(self) -> "Auth":
        signing = {"hmac": self.hmac, "message-signature": self.message_signature, "aws-sigv4": self.aws}
        for scheme, block in signing.items():
            if (self.scheme == scheme) != (block is not None):
                name = {"hmac": "hmac", "message-signature": "message_signature", "aws-sigv4": "aws"}[scheme]
                raise ValueError(f"scheme: {scheme} and the block {name} go together")
        proves_by_certificate = self.tokens is not None and self.tokens.client_auth == "certificate"
        if (self.scheme == "certificate" or proves_by_certificate) and self.certificate is None:
            raise ValueError("there is no certificate; write the block certificate")
        if self.tokens is not None and self.oauth is None:
            raise ValueError("tokens needs the token endpoint; write oauth")
        if self.tokens is not None and self.scheme not in ("bearer", "header", "query"):
            raise ValueError("an access token goes as bearer, in a header or in the query (RFC 6750 §2)")
        if self.scheme == "body" and self.field.count("/") != 1:
            raise ValueError("the field stands at the top of the body; write one name behind one slash, like /api_key")
        return self
