"""A form or a query as the value that its fields make up: `metadata[order_id]=1&types[]=card` is an object.

Texts stay texts: what they stand for is known by the schema only. See `coerced`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from tidegate.contracts.drift.documents.schema_aspects import types

FIELDS_MAX = 10_000
DEPTH_MAX = 20

_STEPS = re.compile(r"\[([^\[\]]*)\]")


def form_value(text: str) -> dict[str, Any]:
    """The object that a form makes up. Raises ValueError where it has more than FIELDS_MAX fields."""
    return fields_value(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX))


def fields_value(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The object that names with brackets make up."""
    whole: dict[str, Any] = {}
    for name, text in fields:
        head, bracket, rest = name.partition("[")
        steps = [head, *_STEPS.findall(bracket + rest)[:DEPTH_MAX]]
        _put(whole, steps, text)
    return whole


def _put(holder: dict[str, Any], steps: list[str], text: str) -> None:
    for at, step in enumerate(steps[:-1]):
        following = steps[at + 1]
        if following == "" and at + 2 == len(steps):
            listed = holder.setdefault(step, [])
            if isinstance(listed, list):
                listed.append(text)
            return
        inner = holder.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        holder = inner
    last = steps[-1]
    if last in holder and isinstance(holder[last], str):
        holder[last] = [holder[last], text]
    elif isinstance(holder.get(last), list):
        holder[last].append(text)
    else:
        holder[last] = text


def coerced(value: Any, level: Mapping[str, Any]) -> Any:
    """A text of a form or a query as the JSON value that a schema's level makes of it; any other value as it is."""
    if not isinstance(value, str):
        return value
    wanted = types(level)
    if "string" in wanted or not wanted:
        return value
    if wanted & {"integer", "number"}:
        try:
            return int(value) if re.fullmatch(r"-?\d{1,30}", value) else float(value)
        except ValueError:
            pass
    if "boolean" in wanted and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return [value] if "array" in wanted else value
