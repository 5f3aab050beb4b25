"""The credential facts that follow from a document's security requirements, where there is no vendor file.

The simulator goes by the requirements themselves; `scheme` is the way that most operations take, for whoever reads the
facts, and of equals the first that keeps the secret out of the address (RFC 6750 §2.3). What is not verified, or not
asked for at all, is told.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from tidegate.openapi.document import Document, DocumentError
from tidegate.openapi.operations.security import DocumentSecurity, SecurityScheme

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PARAMETER = re.compile(r"[A-Za-z0-9_.~-]{1,128}")
_GRANTS = {"clientCredentials": "client_credentials", "password": "password", "authorizationCode": "authorization_code"}
"""OpenAPI's flows, and what each sends to the token endpoint (RFC 6749 §4)."""


def presumed_auth(document: Document, secret: str) -> tuple[dict[str, Any], str]:
    """The facts, and what is said of them."""
    security = DocumentSecurity(document)
    used = security.used()
    auth: dict[str, Any] = {"secret": secret, "scheme": "bearer", "requirements": "document"}
    if not used:
        described = f"{', '.join(security.schemes)}: described, and no operation asks for it"
        why = described if security.schemes else "none is described"
        return {**auth, "optional": True}, f"credential: {why}, so none is needed"
    named = (security.schemes.get(name, SecurityScheme(name, "unknown", "")) for name in used)
    schemes = sorted(named, key=lambda scheme: (-used[scheme.name], scheme.kind == "query"))
    credential = next((facts for scheme in schemes if (facts := _credential(scheme)) is not None), None)
    auth |= credential if credential is not None else {"optional": True}
    oauth, endpoints = _oauth(document, schemes)
    if oauth is not None:
        auth["oauth"] = oauth
    open_count = len(document.operations) - sum(1 for one in document.operations.values() if security.of(one))
    sentence = "; ".join(map(_sentence, schemes)) + endpoints
    return auth, f"credential: {sentence}" + (f"; {open_count} operations need none" if open_count else "")


def _credential(scheme: SecurityScheme) -> dict[str, Any] | None:
    """The part of the vendor file that is meant; None for a cookie and what else there is no word for."""
    if scheme.kind in ("basic", "bearer"):
        return {"scheme": scheme.kind}
    if scheme.kind == "header" and _HEADER.fullmatch(scheme.where):
        is_bearer = scheme.where.lower() == "authorization"
        return {"scheme": "bearer"} if is_bearer else {"scheme": "header", "header": scheme.where}
    if scheme.kind == "query" and _PARAMETER.fullmatch(scheme.where):
        return {"scheme": "query", "parameter": scheme.where}
    return None


def _sentence(scheme: SecurityScheme) -> str:
    """What is asked for by one scheme, and what is not verified."""
    if scheme.kind in ("basic", "bearer"):
        return f"{scheme.kind}, in Authorization ({scheme.name})"
    if scheme.kind == "http":
        return f"{scheme.where}, in Authorization ({scheme.name}): any is let in, it is not verified"
    if scheme.kind == "tls":
        return f"a client certificate ({scheme.name}): not asked for, the simulator speaks no TLS"
    if scheme.kind == "unknown":
        return f"{scheme.name}: not described, so not asked for"
    return f"{scheme.kind}, in {scheme.where} ({scheme.name})"


def _oauth(document: Document, schemes: list[SecurityScheme]) -> tuple[dict[str, Any] | None, str]:
    """The token endpoints of all flows, except those that the document describes itself."""
    flows = [(name, flow) for scheme in schemes for name, flow in scheme.flows.items() if name in _GRANTS]
    written = [(name, _path(flow.get(word))) for name, flow in flows for word in ("tokenUrl", "refreshUrl")]
    played = [(name, path) for name, path in written if path and not _is_described(document, path)]
    if not played:
        return None, ""
    token, *aliases = dict.fromkeys(path for _, path in played)
    authorize = next((path for _, flow in flows if (path := _path(flow.get("authorizationUrl")))), None)
    grants = (*dict.fromkeys(_GRANTS[name] for name, _ in played), "refresh_token")
    facts: dict[str, Any] = {"token": token, "grants": grants, **({"aliases": (*aliases,)} if aliases else {})}
    if authorize is not None and document.match("GET", authorize) is None:
        facts["authorize"] = authorize
    return facts, f"; tokens from POST {' and '.join((token, *aliases))} ({', '.join(grants)})"


def _is_described(document: Document, path: str) -> bool:
    """Whether an operation of the document says what its token endpoint answers; frameworks list it without a word."""
    match = document.match("POST", path)
    if match is None:
        return False
    try:
        statuses = [status for status in map(str, document.responses(match.operation)) if status[:1] == "2"]
        schemas = [one for status in statuses for one in document.answer_schemas(match.operation, status).values()]
    except DocumentError:
        return True
    return any("type" in level or "properties" in level for level in map(document.schemas.plain, schemas))


def _path(address: object) -> str:
    """The path of an address, whole or relative; empty where it has none."""
    if not isinstance(address, str):
        return ""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    path = path if path.startswith("/") else f"/{path}"
    return path if len(path) > 1 and re.fullmatch(r"/[^?#\s]*", path) else ""
