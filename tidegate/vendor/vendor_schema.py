"""The vendor file described for editors (JSON Schema) and for people (docs/vendor-file.md), both made from the model.

Holds no knowledge of its own about any field: what is said here is said in tidegate.vendor.facts and
tidegate.policy.policy.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from tidegate.configfile.block import NotYet, SimulatorOnly, meaning
from tidegate.vendor.refusal_facts import WHEN, WIDER, Reason, Refusal
from tidegate.vendor.vendor import Vendor

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Json = dict[str, Any]


def vendor_schema() -> Json:
    """The JSON Schema (2020-12) of the vendor file, with descriptions, patterns, examples and written defaults."""
    schema = Vendor.model_json_schema()
    models = {model.__name__: model for model in models_of(Vendor)}
    for name, part in (("Vendor", schema), *schema["$defs"].items()):
        part.pop("title", None)
        written = _written_defaults(models[name])
        for key, field in part.get("properties", {}).items():
            field.pop("title", None)
            field["description"] = _line(meaning(models[name], key))
            if key in written and written[key] is not None:
                field["default"] = written[key]
            else:
                field.pop("default", None)
    return {"$schema": SCHEMA_DIALECT, "title": "Tidegate vendor file", **schema}


def vendor_reference() -> str:
    """docs/vendor-file.md: every field with its form, its default and its meaning."""
    parts = [_PREFACE]
    for model in models_of(Vendor):
        parts.append(f"## {_heading(model)}\n\n{_line(model.__doc__)}\n")
        rows = [_row(model, name) for name in model.model_fields]
        parts.append("\n".join(("| Field | Form | Default | Meaning |", "| --- | --- | --- | --- |", *rows)) + "\n")
        if model is Refusal:
            parts.append(_reasons())
    return "\n".join(parts)


def _reasons() -> str:
    rows = [f"| `{reason}` | {when} | {_wider(reason)} |" for reason, when in WHEN.items()]
    table = "\n".join(("| Reason | When | Said else as |", "| --- | --- | --- |", *rows))
    return f"The reasons, and how one that the file does not word is said:\n\n{table}\n"


def _wider(reason: Reason) -> str:
    return f"`{WIDER[reason]}`" if reason in WIDER else "the vendor's usual body"


def models_of(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and every model inside it, each once, in the order of the file."""
    models = [model]
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            models.extend(nested for nested in models_of(inner) if nested not in models)
    return models


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _written_defaults(model: type[BaseModel]) -> Json:
    """Defaults as one would write them: `10s`, not 10.0."""
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if not field.is_required()
    }
    return model.model_construct(**defaults).model_dump(mode="json", include=set(defaults))


def _heading(model: type[BaseModel]) -> str:
    paths = sorted(_paths(Vendor, model, ""), key=len)
    return "The file" if model is Vendor else ", ".join(f"`{path}`" for path in paths)


def _paths(inside: type[BaseModel], wanted: type[BaseModel], at: str) -> Iterator[str]:
    if inside is wanted:
        yield at
        return
    for name, field in inside.model_fields.items():
        step = "." + name + ("[]" if "tuple" in str(field.annotation) else "")
        if "dict[str, tidegate" in str(field.annotation):
            step += ".<id or pattern>"
        for inner in _models(field.annotation):
            yield from _paths(inner, wanted, (at + step).removeprefix("."))


def _row(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    schema = vendor_property(model, name)
    default = "must be written" if field.is_required() else _shown(_written_defaults(model).get(name))
    text = _line(meaning(model, name))
    for mark in field.metadata:
        if isinstance(mark, NotYet):
            what = ", ".join(f"`{value}`" for value in mark.values) or "The field"
            verb = "are" if len(mark.values) > 1 else "is"
            text += f" *{what} {verb} not acted on yet ({mark.what}): a file that uses it is refused.*"
        elif isinstance(mark, SimulatorOnly):
            text += f" *The simulator acts on it; {mark.why}.*"
    return f"| `{name}` | {_form(schema)} | {default} | {_cell(text)} |"


def vendor_property(model: type[BaseModel], name: str) -> Json:
    """The JSON Schema of one field, without what it refers to."""
    schema: Json = _properties(model)[name]
    return schema


@cache
def _properties(model: type[BaseModel]) -> Json:
    """The JSON Schemas of a model's fields: made once, since a model's schema is that of all that is inside it."""
    properties: Json = model.model_json_schema()["properties"]
    return properties


def _form(schema: Json) -> str:
    if "$ref" in schema:
        return "block"
    for union in ("anyOf", "oneOf"):
        if union in schema:
            forms = [_form(choice) for choice in schema[union] if choice.get("type") != "null"]
            return " or ".join(dict.fromkeys(forms))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{word}`" for word in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        inner = _form(schema["items"])
        return f"list, {inner}" if inner.startswith("like") else f"list of {inner}"
    if schema.get("type") == "object":
        return "block"
    if schema.get("examples"):
        return f"like `{schema['examples'][0]}`"
    return {"string": "text", "integer": "number", "boolean": "`true`, `false`"}.get(schema.get("type", ""), "any")


def _shown(value: object) -> str:
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, dict | list):
        return "see below" if isinstance(value, dict) else _cell(", ".join(f"`{item}`" for item in map(_plain, value)))
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {item}" for key, item in value.items() if item is not None) + "}"
    return str(value)


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_PREFACE = """\
# The vendor file

One file says everything about a vendor: `adapters/<vendor>/vendor.yaml`. Its *facts* are what the vendor does, its
*policy* is what we do about it, and *operations* holds what differs for single operations of the vendor's OpenAPI
document. `tidegate check` reports every mistake with its line; `tidegate explain VENDOR OPERATION` shows what a file
comes to and where each value came from; `tidegate schema` prints a JSON Schema for editors.

Durations carry a unit: `250ms`, `2s`, `5m`, `24h`, `90d`. Rates are a count and a period: `100/s`, `5000/h`. Shares
are percentages: `10%`. Secrets are references, never values: `env:NAME` or `file:/path`. Fields of bodies are addressed
with JSON Pointers (RFC 6901): `/shipping/address`. Unknown keys are refused.

This page is made from the model: `tidegate schema --reference > docs/vendor-file.md`.
"""
