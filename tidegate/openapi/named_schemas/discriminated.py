"""Alternatives held to the words by which a discriminator knows them (OpenAPI 3.2, Discriminator Object).

It works on one level of a schema and follows no reference.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from tidegate.openapi.schema_types import Level

LeadsTo = Callable[[Any, Any], bool]
"""Whether an entry of a mapping means what a reference leads to."""


def tell_apart(level: Level, schema: dict[str, Any], leads_to: LeadsTo, *, loosely: bool) -> None:
    """Hold each alternative to its words in the mapping; `loosely`, in a request, to no other's words.

    Where there is a `defaultMapping`, it takes whatever the others do not, and each has its schema's own name too.
    `level` is as the document has it, `schema` what is made of it, and changed here.
    """
    told = level.get("discriminator")
    if not isinstance(told, Mapping) or not isinstance(name := told.get("propertyName"), str):
        return
    mapping = told["mapping"] if isinstance(told.get("mapping"), Mapping) else {}
    for union in {"oneOf", "anyOf"} & schema.keys():
        references = [branch.get("$ref") if isinstance(branch, Mapping) else None for branch in level[union]]
        words = [[word for word, target in mapping.items() if leads_to(target, one)] for one in references]
        rest = [leads_to(told.get("defaultMapping"), one) for one in references]
        if any(rest):
            words = [[*own, *_implied(one, mapping)] for own, one in zip(words, references, strict=True)]
        for at, own in enumerate(words):
            others = [word for word in dict.fromkeys((*mapping, *chain.from_iterable(words))) if word not in own]
            if any(rest):
                held = _without(name, others) if rest[at] else {**_with(name, own), "required": [name]}
            elif own:
                held = _without(name, others) if loosely else _with(name, own)
            else:
                continue
            schema[union][at] = {"allOf": [schema[union][at], held]}


def _with(name: str, words: Sequence[str]) -> dict[str, Any]:
    return {"properties": {name: {"enum": words}}}


def _without(name: str, words: Sequence[str]) -> dict[str, Any]:
    return {"not": {**_with(name, words), "required": [name]}}


def _implied(reference: object, mapping: Mapping[str, Any]) -> list[str]:
    """The name of the schema itself, unless the mapping has another use for it."""
    name = reference.rsplit("/", 1)[-1] if isinstance(reference, str) else ""
    return [name] if name and name not in mapping else []
