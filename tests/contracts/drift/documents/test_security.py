"""Ways in."""

from typing import Any

from tidegate.contracts.drift.documents.security import Ways, ways_in
from tidegate.openapi.document import Document


def ways(security: Any, everywhere: Any = None) -> Any:
    node = {} if security is None else {"security": security}
    root = {"openapi": "3.0.3", "paths": {"/a": {"get": {"operationId": "a", **node}}}}
    document = Document(root if everywhere is None else {**root, "security": everywhere})
    return Ways(document).of(document.operations["a"])


def told(old: Any, new: Any) -> list[tuple[str, str]]:
    return [(change.kind.name, change.at) for change in ways_in("a", ways(old), ways(new))]


def test_scopes_come_and_go() -> None:
    assert told([{"oauth": ["read"]}], [{"oauth": ["read", "write"]}]) == [("api-security-scope-added", "oauth write")]
    assert told([{"oauth": ["read"]}], [{"oauth": []}]) == [("api-security-scope-removed", "oauth read")]


def test_ways_come_and_go_and_those_of_two_schemes_are_one() -> None:
    assert told([{"key": []}, {"basic": []}], [{"key": []}]) == [("api-security-removed", "basic")]
    assert told([{"key": []}], [{"key": [], "cert": []}]) == [
        ("api-security-removed", "key"), ("api-security-added", "cert and key"),
    ]  # fmt: skip


def test_an_operation_that_was_open_to_all_is_so_no_more() -> None:
    assert told([], [{"key": []}]) == [("api-security-removed", "no credential"), ("api-security-added", "key")]


def test_what_holds_everywhere_holds_here() -> None:
    assert ways(None, [{"key": []}]) == [{"key": frozenset()}]
    assert ways([], [{"key": []}]) == []
