"""Checks what was sent against the document's schema and turns text into values; refuses in the vendor's words.

It reads the part of JSON Schema that request parameters use, as OpenAPI 3.0 has it. Whether an id names something is
not its business.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tidegate.simulator import errors

Schema = Mapping[str, Any]
Resolve = Callable[[Schema], Schema]
"""Follows a `$ref`, if the schema is one."""

Value = Any
"""What JSON can say."""

_INTEGER = re.compile(r"-?\d{1,18}\Z")
_BOOLEANS = {"true": True, "false": False, True: True, False: False}


def check(given: Mapping[str, Any], schema: Schema, resolve: Resolve) -> dict[str, Any]:
    """The values of one request. Raises errors.VendorError for the first thing that is wrong, unknown names first."""
    return _object(given, resolve(schema), resolve, "")


def _object(given: object, schema: Schema, resolve: Resolve, name: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise errors.malformed(name, "object", given)
    properties: Mapping[str, Schema] = schema.get("properties", {})
    extra = schema.get("additionalProperties", not properties)
    unknown = [key for key in given if key not in properties]
    if unknown and extra is False:
        raise errors.unknown_parameters([_inside(name, key) for key in unknown])
    for key in schema.get("required", ()):
        if key not in given:
            raise errors.missing_parameter(_inside(name, key))
        if given[key] == "":
            raise errors.empty_parameter(_inside(name, key))
    free: Schema = extra if isinstance(extra, Mapping) else {}
    return {key: _value(value, properties.get(key, free), resolve, _inside(name, key)) for key, value in given.items()}


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


def _value(given: object, schema: Schema, resolve: Resolve, name: str) -> Value:
    schema = resolve(schema)
    if given is None and schema.get("nullable"):
        return None
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        return _any(given, choices, resolve, name)
    reader = _READERS.get(str(schema.get("type")))
    return given if reader is None else reader(given, schema, resolve, name)


def _any(given: object, choices: list[Schema], resolve: Resolve, name: str) -> Value:
    """The first choice that fits. The refusal is that of the choice that was meant: the one of the same shape."""
    meant: errors.VendorError | None = None
    for choice in choices:
        plain = resolve(choice)
        try:
            return _value(given, plain, resolve, name)
        except errors.VendorError as error:
            shaped = isinstance(given, Mapping | list) == (plain.get("type") in ("object", "array"))
            if meant is None or shaped:
                meant = error
    raise meant or errors.malformed(name, "value", given)


def _array(given: object, schema: Schema, resolve: Resolve, name: str) -> list[Any]:
    if isinstance(given, Mapping) and all(key.isdecimal() for key in given):
        given = [given[key] for key in sorted(given, key=int)]
    if not isinstance(given, list):
        raise errors.malformed(name, "array", given)
    items: Schema = schema.get("items", {})
    return [_value(value, items, resolve, f"{name}[{place}]") for place, value in enumerate(given)]


def _integer(given: object, schema: Schema, _resolve: Resolve, name: str) -> int:
    if isinstance(given, str) and _INTEGER.match(given):
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool):
        raise errors.not_an_integer(name, given)
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and given < least:
        raise errors.out_of_range(name, least=least)
    if most is not None and given > most:
        raise errors.out_of_range(name, most=most)
    return given


def _number(given: object, _schema: Schema, _resolve: Resolve, name: str) -> float:
    try:
        return float(given)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError):
        raise errors.malformed(name, "number", given) from None


def _boolean(given: object, _schema: Schema, _resolve: Resolve, name: str) -> bool:
    if not isinstance(given, str | bool) or given not in _BOOLEANS:
        raise errors.malformed(name, "boolean", given)
    return _BOOLEANS[given]


def _string(given: object, schema: Schema, _resolve: Resolve, name: str) -> str:
    if not isinstance(given, str):
        raise errors.malformed(name, "string", given)
    allowed = schema.get("enum")
    if allowed is not None and given not in allowed:
        raise errors.not_among(name, allowed)
    if len(given) > schema.get("maxLength", len(given)) or len(given) < schema.get("minLength", 0):
        raise errors.malformed(name, name, given)
    pattern = schema.get("pattern")
    if pattern is not None and re.search(pattern, given) is None:
        raise errors.malformed(name, name, given)
    return given


_READERS: Mapping[str, Callable[[object, Schema, Resolve, str], Value]] = {
    "object": _object,
    "array": _array,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": _string,
}
