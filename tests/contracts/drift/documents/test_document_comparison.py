"""Two documents compared as a whole; the list of changes is in test_document_drift.py."""

from typing import Any

from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.openapi.document import Document


def api(schemas: dict[str, Any], **answers: str) -> Document:
    def answer(name: str) -> dict[str, Any]:
        return {"200": {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}}

    paths = {f"/{path}": {"get": {"operationId": path, "responses": answer(name)}} for path, name in answers.items()}
    return Document({"openapi": "3.0.3", "paths": paths, "components": {"schemas": schemas}})


def test_a_shared_schema_is_compared_once_and_its_change_reaches_all() -> None:
    ways = {f"o{at}": "thing" for at in range(200)}
    before = {"thing": {"type": "object", "properties": {"part": {"$ref": "#/components/schemas/part"}}},
              "part": {"type": "object", "properties": {"size": {"type": "integer"}}}}  # fmt: skip
    after = {**before, "part": {"type": "object", "properties": {"size": {"type": "string"}}}}
    comparison = compare(api(before, **ways), api(after, **ways), frozenset({"o7"}))
    (change,) = comparison.changes
    assert len(change.operations) == 200
    assert change.operations[0] == "o7", "one that is used comes first"
    assert (change.pointer, change.schema) == ("/part/size", "")
    assert comparison.pairs < 10


def test_many_schemas_that_all_hold_each_other_cost_their_length() -> None:
    """As a tree these are more than the atoms of the world."""
    names = [f"s{at}" for at in range(60)]

    def all_of_them(leaf: str) -> dict[str, Any]:
        references = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
        return {name: {"type": "object", "properties": {**references, "leaf": {"type": leaf}}} for name in names}

    comparison = compare(api(all_of_them("integer"), a="s0"), api(all_of_them("string"), a="s0"))
    assert len(comparison.changes) == 60
    assert comparison.pairs < 5_000
    assert all(change.pointer.count("/") < 4 for change in comparison.changes)


def test_the_same_document_under_another_version_of_openapi_is_no_change() -> None:
    from tests.contracts.drift.edited_documents import edited, put, stripe

    other = Document(edited(put("openapi", "3.1.0")))
    comparison = compare(Document(stripe()), other)
    assert comparison.pairs > 200, "nothing is passed over as unchanged"
    assert [change.sentence for change in comparison.changes] == []


def test_the_same_change_of_many_operations_is_told_once() -> None:
    def with_header(name: str) -> Document:
        answers = {"200": {"description": "x", "headers": {name: {"schema": {"type": "string"}}}}}
        return Document({"openapi": "3.0.3", "paths": {
            f"/{path}": {"get": {"operationId": path, "responses": answers}} for path in "abc"
        }})  # fmt: skip

    changes = compare(with_header("X-Total"), with_header("X-Count")).changes
    assert {(change.kind.name, change.operations) for change in changes} == {
        ("optional-response-header-removed", ("a", "b", "c")), ("response-header-added", ("a", "b", "c")),
    }  # fmt: skip
