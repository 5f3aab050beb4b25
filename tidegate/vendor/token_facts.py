"""How we get access tokens from a vendor's OAuth 2.0 server: the grant, who we are to it, and what we ask for.

Data only. There is no password grant and no implicit one: RFC 9700 §2.1.2 and §2.4 rule them out.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tidegate.configfile.block import Block
from tidegate.configfile.units import Secret

ScopeText = Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$", max_length=4096)]
"""Scopes with a space between two (RFC 6749 §3.3)."""


class TokenRequest(Block):
    """How the proxy gets its access tokens. With it, `auth.secret` is the client's secret, or its private key."""

    grant: Literal["client_credentials", "refresh_token"]
    """`client_credentials` (RFC 6749 §4.4), or `refresh_token` (§6) for an account that somebody agreed to connect."""
    client_id: Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[\x20-\x7e]+$")]
    """Our name at the vendor."""
    client_auth: Literal["basic", "post", "private_key_jwt", "certificate", "none"] = "basic"
    """How we prove it: the secret in basic auth or in the form (RFC 6749 §2.3.1), a signed assertion (RFC 7523), our
    client certificate (RFC 8705), or not at all (a public client)."""
    refresh_token: Secret | None = None
    """A reference to the first refresh token, for `refresh_token`. Later ones are in the store. A first token that has
    changed begins a new chain."""
    scope: ScopeText | None = None
    """The scopes that are asked for. Left out, none are named, and the vendor decides."""
    resource: Annotated[str, Field(max_length=2048)] | None = None
    """The parameter `resource` (RFC 8707), for vendors that bind a token to one API."""
    audience: Annotated[str, Field(max_length=2048)] | None = None
    """The parameter `audience`, which some vendors want instead."""
    algorithm: Literal["RS256", "PS256", "ES256", "ES384", "Ed25519"] = "RS256"
    """How the assertion is signed, for `private_key_jwt`."""
    key_id: Annotated[str, Field(max_length=256)] = ""
    """The `kid` of the assertion, for `private_key_jwt`."""
    assertion_audience: Annotated[str, Field(max_length=2048)] = ""
    """The `aud` of the assertion: the vendor's issuer name, or its token endpoint where this is left out."""
    lacking_scopes: Literal["notice", "refuse"] = "notice"
    """What becomes of an operation whose scope (`oauth.needs`) the token did not get: a notice, or a refusal."""

    @model_validator(mode="after")
    def _sensible(self) -> "TokenRequest":
        if (self.grant == "refresh_token") != (self.refresh_token is not None):
            raise ValueError("grant: refresh_token and refresh_token go together")
        if self.grant == "client_credentials" and self.client_auth == "none":
            raise ValueError("a public client has no credentials to show; write another client_auth (RFC 6749 §4.4)")
        return self
