"""A JSON document that another program has answered with. What it lacks is told in a sentence, as wrong usage.

Another program may be of another version, or none of ours. It knows no document's form.
"""

import json
from typing import Any

from tidegate.problems import UsageError


class JsonObject(dict[str, Any]):
    """One of its objects: a mapping, whose missing names raise UsageError in the words of `whose`."""

    __slots__ = ("_whose",)

    def __init__(self, fields: dict[str, Any], whose: str) -> None:
        super().__init__(fields)
        self._whose = whose

    def __missing__(self, name: str) -> Any:
        raise UsageError(f"{self._whose}: its answer has no `{name}`")


def read_document(content: bytes | str, whose: str) -> JsonObject:
    """An object, and all objects in it, as such. `whose` says who has answered, and what it should be.

    Raises UsageError where it is no object, ValueError where it is no JSON, RecursionError where it is too deep.
    """
    document = json.loads(content, object_hook=lambda fields: JsonObject(fields, whose))
    if not isinstance(document, JsonObject):
        raise UsageError(f"{whose}: its answer is no JSON object")
    return document


def read_reason(content: bytes | str) -> str:
    """What a refusal says under `error`; nothing where it says nothing there, or is no JSON object."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return str(document.get("error", "")) if isinstance(document, dict) else ""
