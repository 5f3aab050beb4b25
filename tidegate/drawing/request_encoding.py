"""Values → a request's path, query and content, as OpenAPI says that they are written.

Styles: OpenAPI 3.1, Parameter Object; Swagger 2.0, collectionFormat. It knows nothing of where values come from.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import orjson

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "drawn-request"

MEDIA_PREFERRED = ("application/json", FORM, "multipart/form-data")
"""Of the media types that an operation takes."""

_MARKS = {"ssv": " ", "spaceDelimited": " ", "pipes": "|", "pipeDelimited": "|", "tsv": "\t"}
"""What stands between the items of a list, by its style. With any other, a comma."""


def filled_path(template: str, params: Mapping[str, str]) -> str:
    """The path of a template, each value percent-encoded as one segment."""
    path = template.partition("#")[0]
    for name, value in params.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    return path


def plain_text(value: Any) -> str:
    """A value as `simple` style writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(plain_text(item) for item in value)
    if isinstance(value, dict):
        return ",".join(f"{key},{plain_text(item)}" for key, item in value.items())
    return "" if value is None else str(value)


def json_text(value: Any) -> str:
    """A value as a parameter has it whose media type is JSON."""
    return orjson.dumps(value).decode()


def query_pairs(parameter: Mapping[str, Any], value: Any, *, swagger2: bool) -> Iterator[tuple[str, str]]:
    """A query parameter's pairs, in its style."""
    name = parameter["name"]
    if "content" in parameter:
        yield name, json_text(value)
    elif isinstance(value, list):
        yield from _listed(parameter, value, swagger2=swagger2)
    elif isinstance(value, dict):
        if parameter.get("style") == "deepObject":
            yield from nested_pairs(name, value)
        elif parameter.get("explode", True):
            yield from ((key, plain_text(inner)) for key, inner in value.items())
        else:
            yield name, plain_text(value)
    else:
        yield name, plain_text(value)


def _listed(parameter: Mapping[str, Any], value: list[Any], *, swagger2: bool) -> Iterator[tuple[str, str]]:
    name = parameter["name"]
    form = parameter.get("collectionFormat") if swagger2 else parameter.get("style", "form")
    apart = form in ("form", "deepObject") and parameter.get("explode", form == "form")
    if form == "multi" or (not swagger2 and apart):
        yield from ((name + ("[]" if form == "deepObject" else ""), plain_text(item)) for item in value)
    else:
        yield name, _MARKS.get(str(form), ",").join(plain_text(item) for item in value)


def nested_pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The pairs of a form whose fields lie in each other: `a[b][0]`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from nested_pairs(f"{name}[{key}]" if name else key, inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from nested_pairs(f"{name}[{place}]", inner)
    else:
        yield name, plain_text(value)


def encoded_query(pairs: Iterable[tuple[str, str]]) -> str:
    """The query of a target, without its question mark; spaces as %20."""
    return urlencode(list(pairs), quote_via=quote)


def encoded_content(media: str, value: Any) -> tuple[str, bytes]:
    """The Content-Type and the bytes of a content; both empty where there is none."""
    if value is None or not media:
        return "", b""
    if media == FORM:
        return media, urlencode(list(nested_pairs("", value))).encode()
    if media.startswith("multipart/"):
        return f"{media}; boundary={BOUNDARY}", _multipart(nested_pairs("", value))
    if "json" in media:
        return media, orjson.dumps(value)
    return media, value.encode() if isinstance(value, str) else orjson.dumps(value)


def _multipart(pairs: Iterable[tuple[str, str]]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in pairs
    ]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
