"""How a vendor signs its webhooks: a grammar in which each scheme is declared, and the known schemes written out in it.

Data only: the proxy verifies by it, the simulator signs with code of its own. A vendor whose scheme is not known here
writes the grammar's block into its vendor file.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from tidegate.configfile.block import Block, HeaderName, Pointer

Scheme = Literal[
    "stripe", "github", "slack", "twilio", "shopify", "adyen", "standard", "standard-v1a", "svix"
]  # fmt: skip

Algorithm = Literal["hmac-sha256", "hmac-sha1", "hmac-sha512", "ed25519", "ecdsa-p256-sha256"]
ASYMMETRIC: frozenset[Algorithm] = frozenset(("ed25519", "ecdsa-p256-sha256"))
"""The vendor signs with a private key, and we verify with its public one."""
KeyDecoding = Literal["utf8", "base64", "whsec", "whpk", "hex"]

Place = Literal["id", "ts", "raw", "url", "sorted_form"]
"""What a template of signed text may name, beside pointers like {/amount/value}."""

_PLACES = get_args(Place)
_PLACE = re.compile(r"\{([^{}]*)\}")


class SignatureGrammar(Block):
    """A signature scheme, declared: where the signature stands, what it is of, and how it is made."""

    header: HeaderName | None = None
    """The header that carries the signature."""
    pointer: Pointer | None = None
    """Where the signature stands in the JSON body, for the few vendors that put it there; within each of `items`, where
    these are declared. Such a body is read before it is verified."""
    items: Pointer | None = None
    """The list in the JSON body whose items are signed one by one. All of them must be right."""
    parse: Literal["plain", "prefix", "kv", "spaced"] = "plain"
    """How the header is written. `plain`: it is the signature. `prefix`: `prefix` stands before it. `kv`: names and
    values, like `t=1,v1=ab`. `spaced`: a version and a signature, several times, like `v1,ab v1,cd`."""
    prefix: Annotated[str, Field(max_length=64, examples=["sha256="])] = ""
    """What stands before the signature, for `prefix`."""
    version: Annotated[str, Field(max_length=64, examples=["v1"])] = ""
    """The name of the signatures that count, for `kv` and `spaced`. Others are passed over."""
    separator: Annotated[str, Field(max_length=2, examples=[";"])] = ""
    """What stands between parts, like `", "`: a comma for `kv` and a space for `spaced`, where this is left out."""
    assignment: Annotated[str, Field(max_length=1, examples=["="])] = ""
    """What stands within a part: an equals sign for `kv` and a comma for `spaced`, where this is left out."""
    ts_key: Annotated[str, Field(max_length=64, examples=["t"])] = ""
    """The name of the time, for `kv`."""
    ts_header: HeaderName | None = None
    """The header that carries the time."""
    ts_form: Literal["epoch_s", "epoch_ms", "iso8601"] = "epoch_s"
    """How the time is written: whole seconds or milliseconds since 1970, or as
    `2026-01-31T12:00:00.5Z` (RFC 3339)."""
    id_header: HeaderName | None = None
    """The header that carries the message's id, where that is signed."""
    signed: Annotated[str, Field(max_length=2048, examples=["{ts}.{raw}"])]
    """The signed text, with places {id}, {ts}, {raw} (the body as it came), {url} (our address as the vendor called
    it), {sorted_form} (the form's names and values, sorted, with nothing between them) and, where the signature stands
    in the body, pointers like {/amount/value}."""
    alg: Algorithm = "hmac-sha256"
    """The algorithm. For `ed25519` and `ecdsa-p256-sha256` the secrets are public keys: of 32 bytes, or in DER."""
    key_decoding: KeyDecoding = "utf8"
    """How a secret is written: as it is, in base64, in base64 behind `whsec_` or `whpk_`, or in hexadecimal digits."""
    sig_encoding: Literal["hex", "base64"] = "hex"
    """How a signature is written: hexadecimal digits (small letters) or base64."""
    ports: Literal["exact", "any"] = "exact"
    """`any`: {url} is tried without a port and with the scheme's own port too, because the vendor is not consistent."""
    digest_parameter: Annotated[str, Field(max_length=64, examples=["bodySHA256"])] = ""
    """The parameter of {url} that holds the body's SHA-256 in hexadecimal digits, where the body is no form. Where the
    parameter is there, {sorted_form} is empty and the body must have that digest."""

    @model_validator(mode="after")
    def _sensible(self) -> "SignatureGrammar":
        for flaw in (_placing_flaw(self), _template_flaw(self), _time_flaw(self), _key_flaw(self)):
            if flaw:
                raise ValueError(flaw)
        return self

    @property
    def is_timed(self) -> bool:
        """Whether a time is signed, so that an old webhook can be told from a new one."""
        return "{ts}" in self.signed


def places_of(template: str) -> tuple[str, ...]:
    """What stands between the braces of a template, in order."""
    return tuple(_PLACE.findall(template))


def _placing_flaw(grammar: SignatureGrammar) -> str:
    if (grammar.header is None) == (grammar.pointer is None):
        return "a signature stands in a header or in the body; write header or pointer, and one of them"
    if grammar.items is not None and grammar.pointer is None:
        return "items are signed in the body; write pointer, too"
    if grammar.pointer is not None and grammar.parse != "plain":
        return "a signature in the body is plain; leave parse out"
    if (grammar.parse == "prefix") != bool(grammar.prefix):
        return "parse: prefix and prefix go together"
    if (grammar.parse in ("kv", "spaced")) != bool(grammar.version):
        return "parse: kv or spaced and version go together"
    if grammar.parse not in ("kv", "spaced") and (grammar.separator or grammar.assignment):
        return "separator and assignment are for parse: kv and spaced"
    return ""


def _template_flaw(grammar: SignatureGrammar) -> str:
    places = places_of(grammar.signed)
    if re.search(r"[{}]", _PLACE.sub("", grammar.signed)):
        return "a brace of signed is not closed, or not opened"
    for place in places:
        if place.startswith("/"):
            if grammar.pointer is None:
                return f"{{{place}}} is for signatures that stand in the body; write {{raw}}"
        elif place not in _PLACES:
            return f"signed has no place {{{place}}}; known are {', '.join(_PLACES)} and pointers like /id"
        elif grammar.pointer is not None:
            return f"{{{place}}} is for signatures that stand in a header; write pointers like {{/id}}"
    if not any(place in ("raw", "sorted_form") or place.startswith("/") for place in places):
        return "nothing of the body is signed; write {raw} or {sorted_form}"
    if grammar.digest_parameter and not {"url", "sorted_form"} <= set(places):
        return "digest_parameter needs {url} and {sorted_form} in signed"
    if grammar.ports == "any" and "url" not in places:
        return "ports: any needs {url} in signed"
    return ""


def _time_flaw(grammar: SignatureGrammar) -> str:
    if grammar.ts_key and grammar.ts_header:
        return "the time stands in one place; write ts_key or ts_header"
    if grammar.ts_key and grammar.parse != "kv":
        return "ts_key is for parse: kv"
    if grammar.is_timed != bool(grammar.ts_key or grammar.ts_header):
        return "a time that is not signed proves nothing; {ts} goes together with ts_key or ts_header"
    if ("{id}" in grammar.signed) != (grammar.id_header is not None):
        return "{id} and id_header go together"
    return ""


def _key_flaw(grammar: SignatureGrammar) -> str:
    if grammar.alg in ASYMMETRIC and grammar.key_decoding in ("utf8", "whsec"):
        return "a public key is written in base64, hex or whpk; write key_decoding"
    if grammar.alg != "ed25519" and grammar.key_decoding == "whpk":
        return "whpk is for public keys, of alg: ed25519"
    return ""


_ADYEN = "/NotificationRequestItem"
_ADYEN_FIELDS = (
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "amount/value",
    "amount/currency",
    "eventCode",
    "success",
)


def _standard(prefix: str) -> dict[str, str]:
    names = {"header": f"{prefix}-signature", "id_header": f"{prefix}-id", "ts_header": f"{prefix}-timestamp"}
    return {**names, "parse": "spaced", "version": "v1", "signed": "{id}.{ts}.{raw}", "sig_encoding": "base64"}


SCHEMES: Mapping[Scheme, SignatureGrammar] = {
    # docs.stripe.com/webhooks, "verify manually": the secret counts as it is written, `whsec_` included
    "stripe": SignatureGrammar(header="Stripe-Signature", parse="kv", version="v1", ts_key="t", signed="{ts}.{raw}"),
    # docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    "github": SignatureGrammar(header="X-Hub-Signature-256", parse="prefix", prefix="sha256=", signed="{raw}"),
    # docs.slack.dev/authentication/verifying-requests-from-slack
    "slack": SignatureGrammar(
        header="X-Slack-Signature",
        parse="prefix",
        prefix="v0=",
        ts_header="X-Slack-Request-Timestamp",
        signed="v0:{ts}:{raw}",
    ),
    # www.twilio.com/docs/usage/webhooks/webhooks-security, for forms and, with bodySHA256, for JSON
    "twilio": SignatureGrammar(
        header="X-Twilio-Signature",
        signed="{url}{sorted_form}",
        alg="hmac-sha1",
        sig_encoding="base64",
        ports="any",
        digest_parameter="bodySHA256",
    ),
    # shopify.dev/docs/apps/build/webhooks/subscribe/https, "validate the origin of your webhook"
    "shopify": SignatureGrammar(header="X-Shopify-Hmac-SHA256", signed="{raw}", sig_encoding="base64"),
    # docs.adyen.com/development-resources/webhooks/verify-hmac-signatures
    "adyen": SignatureGrammar(
        pointer=f"{_ADYEN}/additionalData/hmacSignature",
        items="/notificationItems",
        signed=":".join(f"{{{_ADYEN}/{field}}}" for field in _ADYEN_FIELDS),
        key_decoding="hex",
        sig_encoding="base64",
    ),
    # github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md
    "standard": SignatureGrammar.model_validate({**_standard("webhook"), "key_decoding": "whsec"}),
    "standard-v1a": SignatureGrammar.model_validate(
        {**_standard("webhook"), "version": "v1a", "alg": "ed25519", "key_decoding": "whpk"}
    ),
    # docs.svix.com/receiving/verifying-payloads/how-manual: Standard Webhooks under the names that it had before
    "svix": SignatureGrammar.model_validate({**_standard("svix"), "key_decoding": "whsec"}),
}
"""The known schemes, each from the vendor's own page."""


def grammar_of(written: SignatureGrammar | Scheme) -> SignatureGrammar:
    """A scheme's grammar: what its name stands for, or what is declared."""
    return SCHEMES[written] if isinstance(written, str) else written
