"""Tables of what may stand in a YAML file of ours, made from its model: each field with form, default and meaning.

Holds no knowledge of its own about any field: what is said here is said beside the fields.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from tidegate.configfile.block import NotYet, SimulatorOnly, meaning

Json = dict[str, Any]


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


def written_defaults(model: type[BaseModel]) -> Json:
    """Defaults as one would write them: `10s`, not 10.0."""
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if not field.is_required()
    }
    return model.model_construct(**defaults).model_dump(mode="json", include=set(defaults))


def section(root: type[BaseModel], model: type[BaseModel], title: str, free_names: Mapping[str, str]) -> str:
    """A heading (where the model stands inside the root; `title` for the root itself), its meaning, and its table.

    `free_names` has the path of a block whose keys are free → what is written for such a key, like `<app>`; the empty
    path stands for all others.
    """
    paths = sorted(_paths(root, model, "", free_names), key=len)
    heading = title if model is root else ", ".join(f"`{path}`" for path in paths)
    rows = [_row(model, name) for name in model.model_fields]
    table = "\n".join(("| Field | Form | Default | Meaning |", "| --- | --- | --- | --- |", *rows))
    return f"## {heading}\n\n{line(model.__doc__)}\n\n{table}\n"


def _paths(inside: type[BaseModel], wanted: type[BaseModel], at: str, free_names: Mapping[str, str]) -> Iterator[str]:
    if inside is wanted:
        yield at
        return
    for name, field in inside.model_fields.items():
        path = f"{at}.{name}".removeprefix(".") + ("[]" if "tuple" in str(field.annotation) else "")
        if _has_free_names(field.annotation):
            path += f".{free_names.get(path, free_names[''])}"
        for inner in _models(field.annotation):
            yield from _paths(inner, wanted, path, free_names)


def _has_free_names(annotation: Any) -> bool:
    """Whether the blocks of a field stand under names of the writer's own."""
    if get_origin(annotation) is dict:
        return any(True for _ in _models(annotation))
    return any(_has_free_names(inner) for inner in get_args(annotation))


def _row(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    schema = _property(model, name)
    default = "must be written" if field.is_required() else _default(model, name, schema)
    text = line(meaning(model, name))
    for mark in field.metadata:
        if isinstance(mark, NotYet):
            what = ", ".join(f"`{value}`" for value in mark.values) or "The field"
            verb = "are" if len(mark.values) > 1 else "is"
            text += f" *{what} {verb} not acted on yet ({mark.what}): a file that uses it is refused.*"
        elif isinstance(mark, SimulatorOnly):
            text += f" *The simulator acts on it; {mark.why}.*"
    return f"| `{name}` | {_form(schema)} | {default} | {_cell(text)} |"


def _default(model: type[BaseModel], name: str, schema: Json) -> str:
    """A default as one would write it. What is written as a text may be an object of parts in the model."""
    written = written_defaults(model).get(name)
    if schema.get("type") == "string" and isinstance(written, dict | list):
        written = str(model.model_fields[name].get_default(call_default_factory=True))
    return _shown(written)


def _property(model: type[BaseModel], name: str) -> Json:
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
        return f"like `{_one_line(schema['examples'][0])}`"
    return {"string": "text", "integer": "number", "boolean": "`true`, `false`"}.get(schema.get("type", ""), "any")


def _shown(value: object) -> str:
    if value is None or value in ([], {}):
        return "none"
    if value == "":
        return "empty"
    if isinstance(value, dict | list):
        return "see below" if isinstance(value, dict) else _cell(", ".join(f"`{item}`" for item in map(_plain, value)))
    return f"`{str(value).lower() if isinstance(value, bool) else _one_line(value)}`"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {item}" for key, item in value.items() if item is not None) + "}"
    return str(value)


def _one_line(value: object) -> str:
    """A text of several lines as it can stand in a table."""
    return str(value).replace("\n", "\\n")


def line(text: str | None) -> str:
    """A docstring as one line; empty where there is none."""
    return " ".join((text or "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
