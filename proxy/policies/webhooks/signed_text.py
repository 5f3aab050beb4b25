"""The text that a vendor signed, put together from a webhook as it came, in every form that the vendor may have meant.

It reads a form only where the scheme signs one, and JSON never.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from tidegate.proxy.policies.webhooks.bounds import FORM_FIELDS_MAX, UNVERIFIED_BYTES_MAX, URL_BYTES_MAX
from tidegate.proxy.policies.webhooks.recipe import Place, WebhookRecipe
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw

SignedText = Sequence[bytes]
"""In parts, so that a large body is not copied."""

_ORIGIN = re.compile(rb"(https?)(://(?:\[[^\]/?#]*\]|[^:/?#\[\]]*))(:\d{0,5})?(?=[/?#]|$)", re.IGNORECASE)
_PORTS = {b"http": b":80", b"https": b":443"}


def signed_texts(
    recipe: WebhookRecipe, webhook: InboundWebhook, values: Mapping[str, bytes]
) -> list[SignedText] | WebhookFlaw:
    """The texts that may have been signed. `values` are what headers gave for {id} and {ts}."""
    names = {part.name for part in recipe.parts if isinstance(part, Place)}
    url = webhook.url.encode("utf-8", "backslashreplace")
    if len(url) > URL_BYTES_MAX:
        return WebhookFlaw.URL_TOO_LONG
    known = {**values, "raw": webhook.body}
    if "sorted_form" in names:
        form = b"" if body_digest_of(recipe, url) is not None else sorted_form(webhook.body)
        if isinstance(form, WebhookFlaw):
            return form
        known["sorted_form"] = form
    for part in recipe.parts:
        if isinstance(part, Place) and part.name in values and part.delimiter and part.delimiter in values[part.name]:
            # An id with a dot in it moves the borders between id, time and body: one signature for two messages.
            return WebhookFlaw.MALFORMED_HEADER
    urls = url_forms(url) if recipe.grammar.ports == "any" else [url]
    return [
        [part if isinstance(part, bytes) else {**known, "url": form}[part.name] for part in recipe.parts]
        for form in (urls if "url" in names else [url])
    ]


def url_forms(url: bytes) -> list[bytes]:
    """An address as it is, without a port, and with its scheme's own port where it names none."""
    origin = _ORIGIN.match(url)
    if origin is None:
        return [url]
    scheme, host, port = origin[1], origin[2], origin[3]
    after = url[origin.end() :]
    others = [scheme + host + after] if port else [scheme + host + _PORTS[scheme.lower()] + after]
    return [url, *others]


def sorted_form(body: bytes) -> bytes | WebhookFlaw:
    """A form's names and values, sorted by name and then by value, each pair once, with nothing between them."""
    if len(body) > UNVERIFIED_BYTES_MAX:
        return WebhookFlaw.BODY_TOO_LARGE
    try:
        text = body.decode("utf-8")
        fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FORM_FIELDS_MAX)
        return "".join(name + value for name, value in sorted(set(fields))).encode("utf-8")
    except UnicodeError:
        return WebhookFlaw.BODY_NOT_UTF8
    except ValueError:
        return WebhookFlaw.MALFORMED_BODY


def body_digest_of(recipe: WebhookRecipe, url: bytes) -> bytes | None:
    """The body's digest that the address holds, as it is written; None where it holds none."""
    name = recipe.grammar.digest_parameter.encode()
    if not name:
        return None
    query = url.partition(b"?")[2].partition(b"#")[0]
    for field in query.split(b"&"):
        label, assigned, value = field.partition(b"=")
        if label == name and assigned:
            return value
    return None
