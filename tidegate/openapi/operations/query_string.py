"""A query that one parameter describes as a whole (OpenAPI 3.2, Parameter Object, `in: querystring`).

As a form it is nothing but a parameter of the query for each of its fields, written as the Encoding Object says. In any
other media type the query is one value.
"""

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]

PLACE = "querystring"
_FORM = "application/x-www-form-urlencoded"
_WRITTEN = ("style", "explode", "allowReserved")


def spread(parameter: Json, content: Mapping[str, Json], plain: Callable[[Any], Mapping[str, Any]]) -> tuple[Json, ...]:
    """The parameters of the query that this one stands for; itself where it is no form, or its fields are not named.

    `content` holds its Media Type Objects, `plain` gives one level of a schema.
    """
    media = content.get(_FORM)
    if media is None:
        return (parameter,)
    level, encodings = plain(media.get("schema", {})), media.get("encoding")
    encodings = encodings if isinstance(encodings, dict) else {}
    must = level.get("required", ()) if parameter.get("required") is True else ()
    named = level.get("properties", {}).items()
    if not named:
        return ({"name": parameter["name"], "in": "query", "schema": media.get("schema", {})},)
    return tuple(
        {"name": name, "in": "query", "required": name in must, "schema": schema, **_encoded(encodings.get(name))}
        for name, schema in named
    )


def _encoded(encoding: object) -> Json:
    if not isinstance(encoding, dict):
        return {}
    if "json" in str(encoding.get("contentType")):
        return {"content": {encoding["contentType"]: {}}}
    return {word: encoding[word] for word in _WRITTEN if word in encoding}
