"""The fields of error schemas by their plain names: those for the sentence, the parameter, the status, a code."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.openapi.schema_types import Level, choices_of, types_of
from tidegate.openapi.schemas import Schemas
from tidegate.values.string_values import plain_name

MESSAGES = (
    "message", "detail", "errordescription", "description", "summary", "msg", "errormessage", "errormsg", "usermessage",
    "defaultmessage", "text", "reason", "title", "error", "faultstring", "explanation", "details", "info", "cause",
)  # fmt: skip
"""Names of fields that hold the sentence, the likeliest first."""
STATUSES = frozenset({"status", "statuscode", "httpstatus", "httpstatuscode", "httpcode"})
PARAMETERS = frozenset({
    "param", "parameter", "field", "target", "pointer", "property", "attribute", "invalidparam", "attr", "loc",
    "propertypath", "propertyname", "fieldname", "paramname", "parametername", "argument", "location", "fieldpath",
    "instancepath", "datapath", "header",
})  # fmt: skip
"""Names of fields that hold the parameter, as a text or as the steps that lead to it."""
PLACES = frozenset({"in", "location", "locationtype"})
CODES = frozenset({"code", "errorcode", "errortype", "type", "key", "error", "name", "reason", "errorname", "id"})
LISTS = frozenset({
    "errors", "error", "details", "messages", "errormessages", "issues", "violations", "problems", "fielderrors",
    "validationerrors", "invalidparams", "invalidparameters", "nonfielderrors", "base", "constraintviolations",
    "fieldviolations", "suberrors", "causes", "reasons", "faults",
})  # fmt: skip
"""Names of lists and maps of what is wrong."""
PARAMETER_LISTS = PARAMETERS | {"path", "fields", "params", "parameters", "properties", "attributes", "paths"}
"""Names of lists of texts that hold parameters, or the steps that lead to one."""

ANYTHING: Level = {}
TEXTS: Level = {"type": "array", "items": {"type": "string"}}
"""Schemas where the document has none. Each is one object: schemas are known by their identity."""

_NAMED = re.compile("field|param|propert|attribute|violation")
_STEPS = re.compile(r"[.\[\]/]+")


def holds_parameter(plain: str, lists: str, names: Sequence[str]) -> bool:
    """True where a text holds the parameter: by its name, or as the name in a list of fields.

    `lists` is the plain name of the list around, `names` are the plain names of all texts beside it.
    """
    if plain in PARAMETERS or (plain == "path" and bool(lists)):
        return True
    return plain in ("name", "id", "key") and bool(_NAMED.search(lists)) and not PARAMETERS & {*names}


def param_steps(param: str) -> list[str]:
    """The steps that lead to a parameter: `shipping[address]` and `shipping.address` have two."""
    return [step for step in _STEPS.split(param) if step]


def is_named(text: str, param: str) -> bool:
    """True where a text names the parameter, in one word or by all of its steps, or where there is none."""
    if re.search(rf"(?<!\w){re.escape(param)}(?!\w)", text):
        return True
    return all(re.search(rf"(?<!\w){re.escape(step)}(?!\w)", text) for step in param_steps(param))


def naming(known: Mapping[str, Any]) -> str:
    """The sentence, with the parameter's name before it where it names neither that nor the object."""
    message, param = str(known["message"]), str(known.get("param") or "")
    return message if known.get("id") is not None or is_named(message, param) else f"{param}: {message}"


def is_free(level: Level) -> bool:
    """True for a text of which the document says nothing more."""
    return "string" in types_of(level) and not {"enum", "pattern", "const", "format"} & level.keys()


def is_open(level: Level) -> bool:
    """True where the document says no more than the type."""
    said = {"enum", "pattern", "const", "example", "examples", "default"} & level.keys()
    return not said and level.get("format") in (None, "int32", "int64")


def fit(level: Level, text: str) -> str:
    """A text as long as the document allows and asks for."""
    return text[: level.get("maxLength", len(text))].ljust(level.get("minLength", 0), ".")


def sayable(schemas: Schemas, node: Any) -> Level:
    """One level of a schema; of alternatives the one that can say most plainly what is wrong: a text before a list."""
    level = schemas.plain(node)
    if level.get("type") is not None or "properties" in level:
        return level
    branches = [*map(schemas.plain, choices_of(level))]
    texts = (branch for branch in branches if is_free(branch))
    lists = (branch for branch in branches if {"array", "object"} & {*types_of(branch)})
    return next(texts, None) or next(lists, None) or level


def mapped(level: Level) -> Any:
    """The schema of what a map holds under each name; None where it is no map."""
    inner = level.get("additionalProperties")
    if level.get("properties") or not (isinstance(inner, dict) or inner is True) or "array" in types_of(level):
        return None
    return inner if isinstance(inner, dict) else ANYTHING


def is_about(name: str, plain_names: frozenset[str]) -> bool:
    """True where a list or map of this name is for what is wrong."""
    plain = plain_name(name)
    return plain in LISTS or plain in plain_names
