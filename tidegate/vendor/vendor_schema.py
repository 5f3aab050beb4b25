"""The vendor file described for editors (JSON Schema) and for people (docs/vendor-file.md), both made from the model.

Holds no knowledge of its own about any field: what is said here is said in tidegate.vendor.facts and
tidegate.policy.policy.
"""

from tidegate.configfile.block import meaning
from tidegate.configfile.field_tables import Json, line, models_of, section, written_defaults
from tidegate.vendor.refusal_facts import WHEN, WIDER, Reason, Refusal
from tidegate.vendor.vendor import Vendor

_FREE_NAMES = {
    "": "<id or pattern>",
    "facts.errors.refusals": "<reason>",
    "facts.dialect.body": "<pointer>",
    "facts.dialect.headers": "<header>",
}
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def vendor_schema() -> Json:
    """The JSON Schema (2020-12) of the vendor file, with descriptions, patterns, examples and written defaults."""
    schema = Vendor.model_json_schema()
    models = {model.__name__: model for model in models_of(Vendor)}
    for name, part in (("Vendor", schema), *schema["$defs"].items()):
        part.pop("title", None)
        written = written_defaults(models[name])
        for key, field in part.get("properties", {}).items():
            field.pop("title", None)
            field["description"] = line(meaning(models[name], key))
            if key in written and written[key] is not None:
                field["default"] = written[key]
            else:
                field.pop("default", None)
    return {"$schema": SCHEMA_DIALECT, "title": "Tidegate vendor file", **schema}


def vendor_reference() -> str:
    """docs/vendor-file.md: every field with its form, its default and its meaning."""
    parts = [_PREFACE]
    for model in models_of(Vendor):
        parts.append(section(Vendor, model, "The file", _FREE_NAMES))
        if model is Refusal:
            parts.append(_reasons())
    return "\n".join(parts)


def _reasons() -> str:
    rows = [f"| `{reason}` | {when} | {_wider(reason)} |" for reason, when in WHEN.items()]
    table = "\n".join(("| Reason | When | Said else as |", "| --- | --- | --- |", *rows))
    return f"The reasons, and how one that the file does not word is said:\n\n{table}\n"


def _wider(reason: Reason) -> str:
    return f"`{WIDER[reason]}`" if reason in WIDER else "the vendor's usual body"


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
