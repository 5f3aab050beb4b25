"""Fields of a request's body, JSON or a form, by JSON Pointer (RFC 6901); and texts that are filled from them.

A form is read as the vendors' SDKs write one: `metadata[order_id]=7` stands at `/metadata/order_id`. It knows nothing
of what a field is for.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl, unquote

from tidegate.json_pointer import at_pointer
from tidegate.policy.deferral.lookup import BRACED

FIELDS_MAX = 1000
"""A form with more fields is not read."""
DEPTH_MAX = 16
BODY_BYTES_MAX = 1024 * 1024
TEXT_CHARS_MAX = 1000
"""A longer value is none that tells one write from another."""
ORDER_KEY_CHARS_MAX = 256
"""A longer one is told by its digest: it stands in an index of the store."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def document_of_body(content_type: str, body: bytes) -> object:
    """The document in a body; None where there is none that can be read."""
    media = content_type.partition(";")[0].strip().lower()
    if len(body) > BODY_BYTES_MAX:
        return None
    try:
        if media == "application/x-www-form-urlencoded":
            return _form(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX))
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _form(fields: list[tuple[str, str]]) -> dict[str, object]:
    document: dict[str, object] = {}
    for name, value in fields:
        found = _KEY.fullmatch(name)
        if found is None:
            continue
        steps = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]
        here = document
        for step in steps[:-1][:DEPTH_MAX]:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                break
            here = inner
        else:
            here[steps[-1]] = value
    return document


def text_at(document: object, pointer: str) -> str | None:
    """The text or number at a pointer, as text; None where there is none.

    Half a surrogate pair, which JSON can hold (RFC 8259 §8.2) and UTF-8 cannot, is no text.
    """
    text = _scalar_at(document, pointer)
    return text if 0 < len(text) <= TEXT_CHARS_MAX and not _SURROGATE.search(text) else None


def order_key_at(document: object, pointer: str) -> str:
    """The order key at a pointer of a document; empty where there is none. No text is too odd to have an order."""
    return order_key_of(_scalar_at(document, pointer))


def order_key_of(text: str) -> str:
    """The order key that a text stands for: itself, or its digest where no store, or no index, could hold it."""
    if len(text) <= ORDER_KEY_CHARS_MAX and "\0" not in text and not _SURROGATE.search(text):
        return text
    return "sha256:" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _scalar_at(document: object, pointer: str) -> str:
    value = at_pointer(document, pointer)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def path_parameters(template: str, path: str) -> dict[str, str]:
    """The path parameters of a request, by the names that the document's template gives them."""
    pattern, names = "", []
    for part in re.split(r"(\{[^{}]*\})", template):
        if part.startswith("{"):
            names.append(part[1:-1])
            pattern += "([^/]+)"
        else:
            pattern += re.escape(part)
    found = re.fullmatch(pattern, path.partition("?")[0])
    return dict(zip(names, map(unquote, found.groups()), strict=True)) if found is not None else {}


def filled(template: str, document: object, words: Mapping[str, str]) -> str | None:
    """A template with each `{/pointer}` and `{word}` filled in; None where one of them is not there."""
    missing = False

    def value(found: "re.Match[str]") -> str:
        nonlocal missing
        source = found[1]
        text = text_at(document, source) if source.startswith("/") else words.get(source)
        missing = missing or text is None
        return text or ""

    text = BRACED.sub(value, template)
    return None if missing else text
