"""How values are written: media types and their ranges, styles of parameters, encodings of a form's fields."""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import types_of

STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
"""The style that a parameter has where it names none (OpenAPI 3.1, Parameter Object)."""
COLLECTIONS = {
    "csv": ("", False), "ssv": ("spaceDelimited", False), "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False), "multi": ("form", True),
}  # fmt: skip
"""Swagger 2.0's collectionFormat as style and explode; csv is the place's own style."""

ALIKE_STYLES = frozenset({"form", "spaceDelimited", "tabDelimited", "pipeDelimited"})
"""Styles of a query that differ in lists and objects only."""
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

Written = tuple[str, str, bool]
"""Of a form's field: its media type, its style, and whether it is written as many."""


def by_media(content: Mapping[str, Any]) -> dict[str, Any]:
    """By media type in lower case, without spaces: `application/json; charset=utf-8` is one as `application/json`."""
    found: dict[str, Any] = {}
    for media, schema in content.items():
        kind, *parameters = (part.strip() for part in str(media).lower().split(";"))
        told = sorted(part for part in parameters if part)
        shown = kind if any(part.startswith("charset") for part in told) else ";".join([kind, *told])
        found.setdefault(shown, schema)
    return found


def is_within(media: str, listed: str) -> bool:
    """Whether a media type is a listed one, or of the range that is listed."""
    return listed in (media, "*/*") or (listed.endswith("/*") and media.startswith(listed[:-1]))


def written_style(parameter: Mapping[str, Any], place: str) -> tuple[str, bool]:
    """Style and explode of a parameter; Swagger 2.0 has one word for both, and only for lists."""
    if parameter.get("type") == "array" and "schema" not in parameter:
        style, explode = COLLECTIONS.get(str(parameter.get("collectionFormat", "csv")), ("", False))
        return style or STYLES.get(place, "form"), explode
    style = str(parameter.get("style", STYLES.get(place, "form")))
    return style, bool(parameter.get("explode", style == "form"))


def written_fields(document: Document, media: Any, kind: str) -> dict[str, Written]:
    """How each field of a form is written, by its Media Type Object of this kind (OpenAPI 3.1, Encoding Object)."""
    if not isinstance(media, Mapping) or kind.partition(";")[0] not in FORMS:
        return {}
    told = media.get("encoding")
    fields = document.schemas.plain(media.get("schema", {})).get("properties", {})
    return {
        name: _written(document.schemas.plain(schema), (told.get(name) if isinstance(told, Mapping) else None) or {})
        for name, schema in fields.items()
    }


def _written(level: Mapping[str, Any], told: Any) -> Written:
    """By what is told of the field, else by its type."""
    told = told if isinstance(told, Mapping) else {}
    types = {*types_of(level)} - {"null"}
    media = "application/json" if "object" in types or "properties" in level else "text/plain"
    if level.get("format") == "binary" or "contentMediaType" in level or not types:
        media = ""  # whatever the file is
    style = str(told.get("style", "form"))
    explode = bool(told.get("explode", style == "form"))
    is_many = bool(types & {"array", "object"})
    return str(told.get("contentType", media)), style if is_many else "", explode if is_many else False
