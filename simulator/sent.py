"""Reads the parameters of one request out of its query and its body, in whatever of the allowed types it came."""

from dataclasses import dataclass
from typing import Any

import orjson

from tidegate.simulator import errors, forms

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request's parameters as they came. `media` is the Content-Type header, empty where there is none."""

    query: str
    media: str
    body: bytes


def read(sent: Sent, media: frozenset[str]) -> dict[str, Any]:
    """The parameters of query and body together. Raises errors.VendorError where they cannot be read.

    `media` holds the types that the operation takes; a body without a type is taken for a form, as vendors do.
    """
    try:
        found: dict[str, Any] = dict(forms.decode(sent.query)) if sent.query else {}
        if sent.body:
            given = sent.media.partition(";")[0].strip().lower() or FORM
            if media and given not in media:
                raise errors.wrong_media(given, sorted(media))
            found |= _json(sent.body) if given.endswith("json") else forms.decode(sent.body.decode())
    except forms.FormError as error:
        raise errors.refused(f"{error}.", param=error.name or None) from None
    except UnicodeDecodeError:
        raise errors.refused("The body is not UTF-8 text.") from None
    return found


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise errors.refused("The body is not a JSON object.")
    return found
