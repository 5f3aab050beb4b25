"""The life of a vendor's secret: made, kept, worn, watched, changed, ended; and what else guards the calls."""

from collections.abc import Iterator

from tidegate.blueprint.joined_rows import table
from tidegate.blueprint.summary import secrets_of
from tidegate.configfile.units import written_duration
from tidegate.vendor.auth_facts import Auth
from tidegate.vendor.vendor import Vendor

_WORN = {
    "bearer": "`Authorization: Bearer …`",
    "basic": "`Authorization: Basic …`",
    "hmac": "a signature over each request (HMAC)",
    "message-signature": "a signature over each request (RFC 9421)",
    "aws-sigv4": "a signature over each request (AWS Signature Version 4)",
    "certificate": "our client certificate (mutual TLS)",
}


def secret_lifecycle(vendor: Vendor) -> str:
    """The section."""
    return table(("Stage", "How"), list(_stages(vendor)))


def _stages(vendor: Vendor) -> Iterator[tuple[str, str]]:
    auth = vendor.facts.auth
    yield "Made", f"At the vendor, with these rights and no more: {auth.scopes or 'not named yet'}."
    yield "Kept", f"{secrets_of(auth)}: the vendor file has the reference, nothing has the value."
    yield "Given to apps", "Never. An app has a Tidegate token; the proxy puts the secret in its place."
    yield "Worn", f"In {worn(auth)}, put there as the last thing before a request leaves."
    if auth.tokens is not None:
        yield (
            "Exchanged",
            "For access tokens at the vendor's token endpoint, refreshed before they end (docs/credentials.md).",
        )
    if auth.secrets:
        yield "Several", f"{len(auth.secrets)} credentials share the load; one that is refused is set aside."
    old = f"Every {written_duration(auth.rotate_every)}." if auth.rotate_every else "No period is named yet."
    yield "Changed", f"{old} A new one is taken up by itself, tried, and the old one kept until it is good."
    ended = "by the proxy, at the vendor's endpoint" if auth.revocation else "by a person, at the vendor"
    yield "Ended", f"The old one is revoked {ended}."
    yield (
        "Watched",
        "`TidegateCredentialRejected`, ages and failed changes have alerts; `tidegate secrets status` shows them.",
    )
    yield "Hidden", "In every log line, metric, span, record and answer, in any spelling."


def worn(auth: Auth) -> str:
    """Where the credential goes."""
    if auth.scheme == "header":
        return f"the header `{auth.header}`"
    if auth.scheme == "query":
        return f"the query's `{auth.parameter}`"
    if auth.scheme == "body":
        return f"the body's `{auth.field}`"
    return _WORN[auth.scheme]


def security_controls(vendor: Vendor) -> str:
    """What guards the calls besides."""
    facts, policy = vendor.facts, vendor.policy
    data = policy.data
    fate = {"refuse": "refused", "drop": "left out", "tokenise": "sent as a token"}
    leaves = f"{', '.join(f'`{one}`' for one in data.may_leave) or 'none'}" if data else "not said"
    otherwise = f"; others are {fate[data.otherwise]}" if data is not None and data.otherwise is not None else ""
    webhooks = "none is taken"
    if facts.webhooks is not None:
        scheme = facts.webhooks.scheme if isinstance(facts.webhooks.scheme, str) else "its own scheme"
        webhooks = f"verified by {scheme} before anything is done; known again by its id"
    rows = [
        ("Connection", "TLS, verified; private addresses are refused; no redirect is followed elsewhere"),
        ("Who may call", "apps with a Tidegate token, and what tidegate.yaml lets each do"),
        (
            "Operations not in the document",
            {"pass": "pass", "report": "pass, counted", "refuse": "refused"}[policy.unlisted],
        ),
        ("Personal data that may leave", leaves + otherwise),
        ("Region", facts.region or "not named"),
        ("Webhooks", webhooks),
        ("On record", "what people, and the proxy itself, did: the audit log, a chain that shows a change"),
    ]
    return table(("Control", "Here"), rows)
