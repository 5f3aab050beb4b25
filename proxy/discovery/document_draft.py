"""A first OpenAPI document of the operations that were seen: what is known of them, and nothing that is not.

Parameters are named by what stands before them (`/customers/{customer_id}`), so that one place has one name in every
path. Bodies are said to be there, with their media type; what is in them was not looked at.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from tidegate.proxy.discovery.path_templates import FoundOperation
from tidegate.proxy.discovery.path_tree import ANY

_WORDS = re.compile(r"[A-Za-z0-9]+")
_SINGULARS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", ""))
BODY_METHODS = ("POST", "PUT", "PATCH")


def document_draft(title: str, server: str, operations: Sequence[FoundOperation]) -> dict[str, Any]:
    """The document of a host's operations."""
    paths: dict[str, Any] = {}
    for name, operation in zip(operation_ids(operations), operations, strict=True):
        path, names = named_template(operation.template)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(name, names, operation)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "discovered", "description": "What apps called, as Tidegate saw it."},
        "servers": [{"url": server}],
        "paths": paths,
    }


def named_template(template: str) -> tuple[str, list[str]]:
    """A template with its parameters named, and their names."""
    names: list[str] = []
    segments: list[str] = []
    for segment in template.split("/"):
        if not segment.startswith(ANY):
            segments.append(
                "".join(quote(each) if each in "{}" or not each.isprintable() else each for each in segment)
            )
            continue
        before = segments[-1] if segments else ""
        stem = "item" if before.startswith("{") or not before else _singular(before)
        name, number = f"{stem}_id", 2
        while name in names:
            name, number = f"{stem}_id{number}", number + 1
        names.append(name)
        segments.append("{" + name + "}" + segment.removeprefix(ANY))
    return "/".join(segments) or "/", names


def operation_ids(operations: Sequence[FoundOperation]) -> list[str]:
    """A name for each operation, and no name twice: `PostV1CustomersCustomerIdSources`."""
    given: list[str] = []
    for operation in operations:
        path, _ = named_template(operation.template)
        words = _WORDS.findall(path)
        name = operation.method.capitalize() + "".join(word[:1].upper() + word[1:] for word in words) or "Root"
        unique, number = name, 2
        while unique in given:
            unique, number = f"{name}{number}", number + 1
        given.append(unique)
    return given


def _singular(word: str) -> str:
    lower = "_".join(_WORDS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word))).lower()
    for plural, singular in _SINGULARS:
        if lower.endswith(plural) and len(lower) > len(plural) + 1 and not lower.endswith("ss"):
            return lower[: -len(plural)] + singular
    return lower or "item"


def _operation(name: str, names: Sequence[str], operation: FoundOperation) -> dict[str, Any]:
    record = operation.record
    parameters: list[dict[str, Any]] = [
        {"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in names
    ]
    parameters += [
        {"name": one, "in": "query", "required": False, "schema": {"type": "string"}}
        for one in sorted(record.of("queried"))
    ]
    drafted: dict[str, Any] = {"operationId": name}
    if parameters:
        drafted["parameters"] = parameters
    sent = [one for one in record.of("sent_types") if "/" in one]
    if sent and operation.method in BODY_METHODS:
        drafted["requestBody"] = {"content": {one: {} for one in sent}}
    answered: dict[str, Any] = {one: {"schema": {}} for one in record.of("answered_types") if "/" in one}
    responses: dict[str, Any] = {}
    for status in sorted(record.of("statuses")):
        if status.isdigit():
            responses[status] = {"description": "seen"} | ({"content": answered} if answered else {})
    if not any(status.startswith("2") for status in responses):
        responses["default"] = {"description": "no success was seen"}
    drafted["responses"] = responses
    return drafted
