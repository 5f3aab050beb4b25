"""Parts that are the same in both documents."""

from typing import Any

from tidegate.contracts.drift.documents.unchanged import Unchanged
from tidegate.openapi.document import Document


def api(leaf: str, version: str = "3.0.3") -> Document:
    schemas: dict[str, Any] = {
        "top": {"properties": {"middle": {"$ref": "#/components/schemas/middle"}}},
        "middle": {"allOf": [{"$ref": "#/components/schemas/leaf"}, {"$ref": "#/components/schemas/top"}]},
        "leaf": {"type": leaf}, "other": {"properties": {"self": {"$ref": "#/components/schemas/other"}}},
        "lost": {"$ref": "#/nowhere"}, "finder": {"$ref": "#/components/schemas/lost"},
    }  # fmt: skip
    return Document({"openapi": version, "paths": {}, "components": {"schemas": schemas}})


def same(name: str, old: Document, new: Document) -> bool:
    node = {"$ref": f"#/components/schemas/{name}"}
    return Unchanged(old, new).is_same(node, dict(node))


def test_what_leads_to_a_change_is_none_however_far_and_in_circles() -> None:
    assert [same(name, api("string"), api("integer")) for name in ("top", "middle", "leaf", "other")] == [
        False, False, False, True,
    ]  # fmt: skip


def test_what_leads_nowhere_is_compared() -> None:
    assert not same("lost", api("string"), api("string"))


def test_words_of_another_version_may_mean_something_else() -> None:
    assert not same("other", api("string"), api("string", "3.1.0"))
