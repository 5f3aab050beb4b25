"""Authentication at a vendor: the place of the credential, and its OAuth 2.0 endpoints where it has them.

Facts only. The proxy wears the credential; the simulator checks it, and plays the OAuth endpoints.
"""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block, HeaderName
from tidegate.configfile.units import Duration, Secret

UrlPath = Annotated[str, Field(pattern=r"^/[^?#\s]*$", examples=["/oauth2/token"])]
"""A path on the vendor's host."""

Grant = Literal["client_credentials", "refresh_token", "authorization_code"]


class OAuth(Block):
    """The vendor's OAuth 2.0 endpoints (RFC 6749). The simulator plays them; the proxy fetches no tokens yet."""

    token: UrlPath
    """The token endpoint."""
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
    pkce: Literal["required", "allowed"] = "allowed"
    """Whether an authorization code needs a proof key (RFC 7636)."""
    redirects: tuple[str, ...] = ()
    """The redirect addresses that are registered; any, where none is named."""
    token_prefix: str = ""
    """What each access token begins with."""
    needs: dict[str, str] = Field(default={})
    """The scope that an operation needs, by id or pattern. What is not named needs what the document says."""


class Auth(Block):
    """How the vendor knows us."""

    scheme: Literal["bearer", "basic", "header", "query"]
    """Where the secret goes: `Authorization: Bearer`, the user name of basic authentication (user and password, where
    the secret is written `user:password`), a header as it is, or the query, which the proxy cannot fill yet."""
    header: HeaderName = "Authorization"
    """The header that carries it."""
    parameter: str = "key"
    """The query parameter that carries it, for the scheme `query`."""
    secret: Secret
    """A reference to the secret, never the secret itself."""
    optional: bool = False
    """Whether requests without a credential are let in too, as to a public API."""
    rotate_every: Duration | None = None
    """How old the secret may become."""
    scopes: str | None = None
    """What the credential may do, in words: the least that the operations need."""
    oauth: OAuth | None = None
    """The vendor's OAuth 2.0 endpoints."""
