"""The vendor's OAuth 2.0 server: tokens for clients, for people who agreed, and for those who refresh them.

RFC 6749 with proof keys (RFC 7636); refresh tokens rotate where the vendor's do (RFC 9700 §4.14.2). Nobody is asked at
the authorization endpoint: whoever comes has agreed. It knows no operation of the vendor's.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlencode, urlsplit

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer, answer_of
from tidegate.simulator.answer.media_types import JSON
from tidegate.simulator.door.credentials import Requester, Scopes, basic_pair, sent_fields
from tidegate.simulator.request.forms import form_fields
from tidegate.values.json_value import NOTHING
from tidegate.vendor.auth_facts import OAuth
from tidegate.vendor.token_facts import TokenRequest

if TYPE_CHECKING:
    from tidegate.simulator.door.client_assertion_check import ClientAssertionCheck

Form = Mapping[str, str]
Letters = Callable[[str, int], str]

TOKEN, AUTHORIZE = "oauth.token", "oauth.authorize"
OAUTH_OPERATIONS = frozenset({TOKEN, AUTHORIZE})
"""Its own operations, as the journal names them."""

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523 §2.2."""
UNCACHED = {"Content-Type": JSON, "Cache-Control": "no-store", "Pragma": "no-cache"}
"""Headers of its answers (RFC 6749 §5.1)."""


class GrantError(Exception):
    """A refusal of the token endpoint (RFC 6749 §5.2)."""

    def __init__(self, code: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.code = code
        self.status = status


@dataclass(slots=True)
class _Grant:
    """A token or a code. `family` is shared by all that come from one consent; `until` is in seconds of the run.

    `account` is whose it is: the account that somebody has connected, or the client itself.
    """

    client: str
    scopes: Scopes
    family: str
    until: float
    account: str = ""
    used: bool = False
    used_at: float = 0.0
    redirect: str = ""
    challenge: str = ""
    method: str = "plain"


class AuthorizationServer:
    """See the module.

    `secret` is the only right client secret; with None every one is right. `letters` names tokens.
    """

    def __init__(self, facts: OAuth, secret: str | None, letters: Letters, request: TokenRequest | None = None) -> None:
        self._facts = facts
        proof = request.client_auth if request is not None else "basic"
        self._assertions = self._assertion_check(secret, request) if proof == "private_key_jwt" else None
        self._public = proof in ("certificate", "none")
        self._secret = secret.partition(":")[2] or secret if secret and not self._assertions else None
        self._letters = letters
        self.reset()

    def reset(self) -> None:
        """Forget every token and code."""
        self._access: dict[str, _Grant] = {}
        self._refresh: dict[str, _Grant] = {}
        self._codes: dict[str, _Grant] = {}
        self._ended: set[str] = set()
        self._count = 0

    def consent(self, client: str, now: float) -> str:
        """Somebody has agreed to connect an account: the first refresh token of this client. Needs that grant."""
        return str(self._issued(client, None, self._name("family"), now, refreshable=True)["refresh_token"])

    def revoke(self) -> None:
        """Forget every access token that was given; refresh tokens stay good."""
        self._access.clear()

    def owns(self, method: str, path: str) -> str:
        """The name of its operation that this request is for; empty where it is none."""
        if method == "POST" and path in (self._facts.token, *self._facts.aliases):
            return TOKEN
        return AUTHORIZE if path == self._facts.authorize and method == "GET" else ""

    def requester(self, token: str, now: float) -> Requester:
        """See credentials.AccessTokens. A token that was refreshed is of the account that the one before was of."""
        given = self._access[token]
        if given.until <= now or given.family in self._ended:
            raise errors.expired_token()
        return Requester(given.account, given.scopes)

    def answer(
        self, operation: str, headers: Mapping[str, str], query: str, body: bytes, now: float, wall: float = 0.0
    ) -> Answer:
        """The answer to a request for one of its endpoints. `wall` is what an assertion is held to."""
        if operation == AUTHORIZE:
            return self._authorized(form_fields(query), now)
        try:
            form = _read(headers.get("Content-Type", ""), body)
            client = self._client(form, headers.get("Authorization", ""), wall)
            granted = self._token(form, client, now)
        except GrantError as refused:
            refusal = {"error": refused.code, "error_description": str(refused)}
            challenge = {"WWW-Authenticate": 'Basic realm="token"'} if refused.status == 401 else {}
            return answer_of(refused.status, refusal, {**UNCACHED, **challenge})
        return answer_of(200, granted, UNCACHED)

    # --- the token endpoint ----------------------------------------------------------------------------------------

    def _token(self, form: Form, client: str, now: float) -> dict[str, object]:
        kind = form.get("grant_type", "")
        if not kind:
            raise GrantError("invalid_request", "grant_type is missing")
        if kind not in self._facts.grants:
            raise GrantError("unsupported_grant_type", f"the grants are {', '.join(self._facts.grants)}")
        if kind == "authorization_code":
            return self._exchanged(form, client, now)
        if kind == "password" and not (form.get("username") and form.get("password")):
            raise GrantError("invalid_request", "username or password is missing")  # RFC 6749 §4.3.2
        if kind == "refresh_token":
            return self._refreshed(form, client, now)
        family, scopes = self._name("family"), _scopes(form.get("scope"))
        # A user of the vendor's has an account of its own; a client by itself is one.
        account = form["username"] if kind == "password" else client
        return self._issued(client, scopes, family, now, refreshable=kind == "password", account=account)

    def _client(self, form: Form, authorization: str, wall: float) -> str:
        """The client (RFC 6749 §2.3.1), from basic auth or the form. A client with a proof key may be public."""
        scheme, _, rest = authorization.partition(" ")
        name, pair = basic_pair(rest) if scheme.lower() == "basic" else ("", "")
        client = unquote_plus(name) or form.get("client_id", "")  # both are form-encoded (RFC 6749 §2.3.1)
        secret = unquote_plus(pair.partition(":")[2]) if name else form.get("client_secret", "")
        client = client or (form.get("username", "") if form.get("grant_type") == "password" else "")  # a public one
        if not client:
            raise GrantError("invalid_client", "the client did not say who it is", 401)
        if self._assertions is not None:
            flaw = self._assertions.flaw(form.get("client_assertion", ""), client, wall)
            if flaw or form.get("client_assertion_type") != ASSERTION_TYPE:
                raise GrantError("invalid_client", flaw or "client_assertion_type is missing", 401)
            return client
        public = (form.get("code_verifier") or self._public) and not secret
        right = self._secret is None or hmac.compare_digest(secret.encode(), self._secret.encode())
        if not right and not public:
            raise GrantError("invalid_client", "this is not the client's secret", 401)
        return client

    def _assertion_check(self, key: str | None, request: TokenRequest | None) -> "ClientAssertionCheck | None":
        if key is None or request is None:
            return None
        # It needs cryptography, and few vendors do.
        from tidegate.simulator.door.client_assertion_check import ClientAssertionCheck

        return ClientAssertionCheck(key, request.algorithm, request.assertion_audience or self._facts.token)

    def _exchanged(self, form: Form, client: str, now: float) -> dict[str, object]:
        code = self._codes.get(form.get("code", ""))
        if code is None or code.until <= now or code.client != client:
            raise GrantError("invalid_grant", "this authorization code is unknown or has expired")
        if code.used:  # RFC 6749 §4.1.2: what came of it ends too
            self._ended.add(code.family)
            raise GrantError("invalid_grant", "this authorization code was used before")
        if code.redirect and form.get("redirect_uri", "") != code.redirect:
            raise GrantError("invalid_grant", "redirect_uri is not the one of the authorization request")
        if code.challenge and not _proves(form.get("code_verifier", ""), code):
            raise GrantError("invalid_grant", "code_verifier does not fit the challenge")
        code.used = True
        return self._issued(client, code.scopes, code.family, now, refreshable=True)

    def _refreshed(self, form: Form, client: str, now: float) -> dict[str, object]:
        token = form.get("refresh_token", "")
        given = self._refresh.get(token)
        if given is None or given.until <= now or given.client != client or given.family in self._ended:
            raise GrantError("invalid_grant", "this refresh token is unknown, has expired or was revoked")
        if given.used and now - given.used_at >= self._facts.reuse_grace:
            self._ended.add(given.family)
            raise GrantError("invalid_grant", "this refresh token was used before: all tokens of its family end")
        wanted = _scopes(form.get("scope"))
        if wanted is not None and given.scopes is not None and not wanted <= given.scopes:
            raise GrantError("invalid_scope", "a refreshed token cannot do more than the first")
        if self._facts.rotates and not given.used:
            given.used, given.used_at = True, now
        issued = self._issued(client, wanted or given.scopes, given.family, now, refreshable=self._facts.rotates)
        if self._facts.rotates:
            return issued
        left = {} if self._facts.refresh_expires_in is None else {"refresh_expires_in": int(given.until - now)}
        return {**issued, "refresh_token": token, **left}

    def _issued(
        self, client: str, scopes: Scopes, family: str, now: float, *, refreshable: bool, account: str = ""
    ) -> dict[str, object]:
        facts = self._facts
        token = facts.token_prefix + self._name("access")
        self._access[token] = _Grant(client, scopes, family, now + facts.expires_in, account or family)
        issued: dict[str, object] = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(facts.expires_in),
        }
        if scopes is not None:
            issued["scope"] = " ".join(sorted(scopes))
        if refreshable and "refresh_token" in facts.grants:
            issued["refresh_token"] = refresh = self._name("refresh")
            ends = float("inf") if facts.refresh_expires_in is None else now + facts.refresh_expires_in
            self._refresh[refresh] = _Grant(client, scopes, family, ends)
            if facts.refresh_expires_in is not None:
                issued["refresh_expires_in"] = int(facts.refresh_expires_in)
        return issued

    # --- the authorization endpoint --------------------------------------------------------------------------------

    def _authorized(self, request: Form, now: float) -> Answer:
        """Back to the redirect address with a code, or with an error (RFC 6749 §4.1.2)."""
        redirect, facts = request.get("redirect_uri", ""), self._facts
        known = facts.redirects
        if not request.get("client_id") or not _leads_somewhere(redirect) or (known and redirect not in known):
            # RFC 6749 §4.1.2.1: never redirected to an address that nobody registered
            refusal = {
                "error": "invalid_request",
                "error_description": "client_id or redirect_uri is missing or unknown",
            }
            return answer_of(400, refusal, UNCACHED)
        wrong = ""
        if request.get("response_type") != "code":
            wrong = "unsupported_response_type"
        elif facts.pkce == "required" and not request.get("code_challenge"):
            wrong = "invalid_request"
        if wrong:
            outcome = {"error": wrong}
        else:
            code = self._name("code")
            challenge, method = request.get("code_challenge", ""), request.get("code_challenge_method", "plain")
            self._codes[code] = _Grant(
                request["client_id"],
                _scopes(request.get("scope")),
                self._name("family"),
                now + facts.code_expires_in,
                redirect=redirect,
                challenge=challenge,
                method=method,
            )
            outcome = {"code": code}
        if "state" in request:
            outcome["state"] = request["state"]
        glue = "&" if urlsplit(redirect).query else "?"
        return answer_of(302, NOTHING, {"Location": f"{redirect}{glue}{urlencode(outcome)}", **UNCACHED})

    def _name(self, kind: str) -> str:
        self._count += 1
        return self._letters(f"oauth {kind} {self._count}", 32)


def _leads_somewhere(redirect: str) -> bool:
    """Whether an address can be read, and stand in a header. An app's own scheme is as good as any."""
    try:
        return redirect.isprintable() and bool(urlsplit(redirect).scheme)
    except ValueError:
        return False


def _read(media: str, body: bytes) -> Form:
    """A form (RFC 6749 §4.4.2), or JSON in its place."""
    fields = sent_fields(media, body)
    if fields is None:
        raise GrantError("invalid_request", "the body is not a form")
    return fields


def _scopes(written: str | None) -> Scopes:
    """Scopes stand between spaces; some vendors write commas."""
    return frozenset(written.replace(",", " ").split()) if written else None


def _proves(verifier: str, code: _Grant) -> bool:
    """RFC 7636 §4.6."""
    if code.method == "S256":
        verifier = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), code.challenge.encode())
