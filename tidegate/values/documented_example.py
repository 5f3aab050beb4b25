"""The example that a document gives of an answer or a header, wherever it stands: here, referred to, or in a file.

OpenAPI 3.1, Media Type Object and Example Object. An example that cannot be read, or is at an address, is none: nothing
is fetched.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.document_file import DocumentError
from tidegate.openapi.schema_types import types_of
from tidegate.values.json_value import NOTHING

_AMONG_EXAMPLES = "/examples/"

EXAMPLES_DEPTH_MAX = 3
"""So deep an object is looked for in an example."""


def documented_example(document: Document, media: Mapping[str, Any], *, of_bytes: bool = False) -> Any:
    """The first example of a Media Type Object or a header, NOTHING where it has none.

    `of_bytes`: it may be a file that holds no text.
    """
    schema = media.get("schema")
    if "example" in media:
        return meant(document, schema, _plain(document, media["example"]))
    listed = media.get("examples")
    for entry in listed.values() if isinstance(listed, dict) else ():
        value = _value(document, entry, as_written=of_bytes)
        if value is not NOTHING and (of_bytes or not isinstance(value, bytes)):
            return meant(document, schema, value)
    return NOTHING


def meant(document: Document, schema: Any, example: Any) -> Any:
    """The example; where it is a text of JSON and the schema is for lists or objects, as many write, its value."""
    if not isinstance(example, str) or example.lstrip()[:1] not in ("{", "[") or schema is None:
        return example
    types = types_of(document.schemas.plain(schema))
    if not types or "string" in types:
        return example
    return _read(example)


def _value(document: Document, entry: Any, *, as_written: bool = False) -> Any:
    """The value of an Example Object, `as_written` as it is sent where that is said (OpenAPI 3.2)."""
    try:
        example = document.follow(entry)
        if not isinstance(example, dict):
            return NOTHING
        if "value" in example:
            return _plain(document, example["value"])
        text = example.get("serializedValue")
        if isinstance(text, str) and (as_written or "dataValue" not in example):
            return text if as_written else _read(text)
        if "dataValue" in example:
            return _plain(document, example["dataValue"])
        external = example.get("externalValue")
        return document.literal(external) if isinstance(external, str) else NOTHING
    except DocumentError:
        return NOTHING


def _read(text: str) -> Any:
    """The value of a text of JSON; any other text as it is."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _plain(document: Document, value: Any) -> Any:
    """A value; where it is a reference, as many write although OpenAPI has none here, what that leads to."""
    if not isinstance(value, dict) or [*value] != ["$ref"] or not isinstance(value["$ref"], str):
        return value
    if _AMONG_EXAMPLES in value["$ref"]:
        return _value(document, value)
    try:
        return document.follow(value)
    except DocumentError:
        return NOTHING


# --- of a kind -------------------------------------------------------------------------------------------------------


def kind_example(
    document: Document,
    answered: Callable[[Operation], Any],
    operations: Iterable[Operation],
    id_field: str,
    param: str,
) -> Any:
    """An example of a kind's objects, NOTHING for none. `operations` make, change, list and show such objects.

    Of their answers (`answered` gives one) the first that has one counts; where none has, the example of
    the path's parameter says at least how an id looks.
    """
    shown = list(operations)
    for operation in shown:
        try:
            found = _with_field(answered(operation).example, id_field, EXAMPLES_DEPTH_MAX)
        except DocumentError:
            continue
        if found is not NOTHING:
            return found
    for operation in shown:
        for parameter in document.parameters(operation):
            if parameter["in"] == "path" and parameter["name"] == param:
                example = documented_example(document, parameter)
                schema = document.schemas.plain(parameter.get("schema", parameter))
                example = schema.get("example", NOTHING) if example is NOTHING else example
                if isinstance(example, str) and id_field:
                    return {id_field: example}
    return NOTHING


def part_of(example: Any, at: tuple[str, ...]) -> Any:
    """The part of an example at a place, NOTHING where it has none."""
    for name in at:
        example = example.get(name, NOTHING) if isinstance(example, dict) else NOTHING
    return example


def _with_field(example: Any, name: str, depth: int) -> Any:
    """The first object in an example that has this field."""
    if isinstance(example, dict):
        if name in example and not isinstance(example[name], dict | list):
            return example
        inner = example.values()
    elif isinstance(example, list):
        inner = example[:1]  # type: ignore[assignment]  # values of a mapping, or of a list
    else:
        return NOTHING
    found = (_with_field(one, name, depth - 1) for one in inner) if depth > 0 else ()
    return next((one for one in found if one is not NOTHING), NOTHING)
