"""The check of credentials by the document's own security requirements: one of them must be met, in all its schemes.

Where the secret is known, one scheme of a requirement must carry it, and the others, like a client's id, anything. What
cannot be verified here, a digest (RFC 7616) or a certificate, is let in, and the start says so. Which requirements an
operation has is tidegate.openapi.operations.security.
"""

from collections.abc import Callable, Mapping

from tidegate.openapi.document import Operation
from tidegate.openapi.operations.security import DocumentSecurity, SecurityRequirement, SecurityScheme
from tidegate.simulator.answer import errors
from tidegate.simulator.door.credentials import Requester, basic_pair, challenge, check_scopes
from tidegate.simulator.request.forms import FormError, form_fields
from tidegate.simulator.request.parameters import cookies_of

Admit = Callable[[str, str, float], Requester]
"""Takes a key, what came with it, and the time. Raises errors.VendorError for a wrong one."""

_UNVERIFIED = ("tls", "unknown")
"""Schemes of which a request shows nothing."""


class SecurityCheck:
    """The check for one document. `admit` knows the right keys and tokens."""

    def __init__(self, security: DocumentSecurity, admit: Admit) -> None:
        self._security = security
        self._admit = admit

    def identify(self, operation: Operation, headers: Mapping[str, str], query: str, now: float) -> Requester:
        """The requester. Raises errors.VendorError with a challenge where no requirement is met."""
        requirements = self._security.of(operation)
        if not requirements:
            sent = (credential(scheme, headers, query)[0] for scheme in self._security.schemes.values())
            return Requester(next(filter(None, sent), ""))  # nobody asks, and the journal tells who it was
        refused: errors.VendorError | None = None
        for requirement in requirements:
            shown = _shown(requirement, headers, query)
            if not shown and (shown is None or not requirement.schemes):
                continue
            try:
                return self._admitted(requirement, shown, now)
            except errors.VendorError as error:
                refused = refused or error
        if refused is None and any(not requirement.schemes for requirement in requirements):
            return Requester("")
        refused = refused or errors.no_credential(" or ".join(dict.fromkeys(map(_described, requirements))))
        refused.headers.setdefault("WWW-Authenticate", ", ".join(_challenges(requirements, refused)))
        raise refused

    def _admitted(
        self, requirement: SecurityRequirement, shown: list[tuple[SecurityScheme, str, str]], now: float
    ) -> Requester:
        """The requester by the first of its credentials that is right. Raises errors.VendorError for none."""
        refused: errors.VendorError | None = None
        for scheme, key, whole in shown:
            if scheme.kind == "http":
                return Requester(key)  # a digest: nobody here can tell
            try:
                admitted = self._admit(key, whole, now)
            except errors.VendorError as error:
                refused = refused or error
                continue
            needed = (scopes for other, scopes in requirement.schemes if other is scheme)
            check_scopes(admitted, frozenset[str]().union(*needed))
            return admitted
        if refused is not None:
            raise refused
        return Requester("")


def _challenges(requirements: tuple[SecurityRequirement, ...], refused: errors.VendorError) -> list[str]:
    """A challenge for each way in."""
    schemes = (scheme for requirement in requirements for scheme, _ in requirement.schemes)
    return list(dict.fromkeys(_challenge(scheme, refused) for scheme in schemes if scheme.kind not in _UNVERIFIED))


def _challenge(scheme: SecurityScheme, refused: errors.VendorError) -> str:
    """No scheme is registered for keys: `ApiKey` says by its parameters where one goes."""
    if scheme.kind in ("header", "query", "cookie"):
        name = scheme.where.replace("\\", "\\\\").replace('"', '\\"')
        return f'{challenge("ApiKey", refused)}, in="{scheme.kind}", name="{name}"'
    digest = ', qop="auth", algorithm=SHA-256, nonce="simulated"'  # RFC 7616 §3.3
    return challenge(scheme.where, refused) + (digest if scheme.where == "Digest" else "")


def _shown(
    requirement: SecurityRequirement, headers: Mapping[str, str], query: str
) -> list[tuple[SecurityScheme, str, str]] | None:
    """What a request carries for those schemes of a requirement that show something; None where one is missing."""
    shown = []
    for scheme, _ in requirement.schemes:
        if scheme.kind not in _UNVERIFIED:
            key, whole = credential(scheme, headers, query)
            if not key:
                return None
            shown.append((scheme, key, whole))
    return shown


def credential(scheme: SecurityScheme, headers: Mapping[str, str], query: str) -> tuple[str, str]:
    """What a request carries for a scheme: the key, and user and password together where it is basic; else empty."""
    if scheme.kind == "query":
        key = form_fields(query).get(scheme.where, "")
        return key, key
    if scheme.kind == "cookie":
        key = _cookie(headers.get("Cookie", ""), scheme.where)
        return key, key
    if scheme.kind == "header" and scheme.where.lower() != "authorization":
        return headers.get(scheme.where, ""), headers.get(scheme.where, "")
    written = headers.get("Authorization", "")
    way, _, rest = written.partition(" ")
    way, rest = way.lower(), rest.strip()
    if scheme.kind == "basic" or (scheme.kind == "header" and way == "basic"):
        return basic_pair(rest) if way == "basic" else ("", "")
    if scheme.kind == "header":
        return (rest, rest) if rest and way in ("bearer", "token", "apikey", "key") else (written, written)
    taken = ("bearer", "token") if scheme.kind == "bearer" else (scheme.where.lower(),)
    return (rest, rest) if way in taken else ("", "")


def _cookie(written: str, name: str) -> str:
    try:
        return cookies_of(written).get(name, "")
    except FormError:
        return ""


def _described(requirement: SecurityRequirement) -> str:
    return " and ".join(filter(None, (_way(scheme) for scheme, _ in requirement.schemes))) or "nothing"


def _way(scheme: SecurityScheme) -> str:
    """The place of a credential, in words."""
    words = {
        "basic": "user and password of basic auth",
        "bearer": "a bearer token",
        "http": f"an Authorization of the scheme {scheme.where}",
        "header": f"the header {scheme.where}",
        "query": f"the query parameter {scheme.where}",
        "cookie": f"the cookie {scheme.where}",
    }
    return words.get(scheme.kind, "")
