"""Everything unsound in a document is found with its place, its code and its cure, and none of it stops the rest."""

from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.files import DOCUMENT
from tests.tidegate.openapi.test_document import REAL
from tidegate.openapi.diagnosis import SHOWN_MAX, diagnose, is_document, second_opinion, summed
from tidegate.openapi.diagnostic import MEANINGS, Diagnostic, diagnosed
from tidegate.openapi.document import Document

Json = dict[str, Any]


def found(operation: Json, **root: Any) -> list[tuple[str, str]]:
    node = {"responses": {"200": {"description": "fine"}}, **operation}
    document = Document({"openapi": "3.0.3", "paths": {"/a/b": {"post": node}}, **root})
    return [(flaw.code, flaw.pointer) for flaw in diagnose(document)]


def body(schema: Any) -> Json:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def answer(schema: Any) -> Json:
    return {"responses": {"200": {"content": {"text/x": {"schema": schema}}}}}


HERE = "#/paths/~1a~1b/post"


@pytest.mark.parametrize(
    ("operation", "flaws"),
    [
        ({}, []),
        (body({"type": "any"}), [("D010", f"{HERE}/requestBody/content/application~1json/schema")]),
        (
            answer({"properties": {"x": {"items": None, "type": "array"}}}),
            [("D007", f"{HERE}/responses/200/content/text~1x/schema/properties/x/items")],
        ),
        (answer({"pattern": "[a"}), [("D009", f"{HERE}/responses/200/content/text~1x/schema")]),
        (
            {"parameters": [{"name": "p", "in": "query", "schema": {"minLength": "1"}}]},
            [("D008", f"{HERE}/parameters/p")],
        ),
        ({"responses": {"404": {}}}, [("D017", HERE)]),
        ({"responses": {"200": {"$ref": "#/lost"}}}, [("D020", f"{HERE}/responses/200")]),
        ({"requestBody": {"$ref": "#/lost"}}, [("D020", f"{HERE}/requestBody")]),
        ({"callbacks": {"x": {"$ref": "#/lost"}}}, [("D002", "")]),
        ({"callbacks": {"x": {"$ref": "../lost.json"}}}, [("D018", "")]),
    ],
)
def test_what_is_unsound_in_an_operation_is_found_at_its_place(operation: Json, flaws: list[tuple[str, str]]) -> None:
    assert found(operation) == flaws


def test_a_parameter_that_only_the_path_has_is_found() -> None:
    document = Document({"openapi": "3.0.3", "paths": {"/a/{b}/{c}": {
        "get": {"parameters": [{"name": "c", "in": "path", "schema": {}}], "responses": {"200": {}}}}}})  # fmt: skip
    assert [(flaw.code, flaw.message.partition(":")[0]) for flaw in diagnose(document)] == [("D016", "b")]


def test_a_schema_is_spoken_of_where_it_stands_and_once() -> None:
    schemas = {"Bad": {"type": "any"}}
    use = {**body({"$ref": "#/components/schemas/Bad"}), **answer({"$ref": "#/components/schemas/Bad"})}
    assert found(use, components={"schemas": schemas}) == [("D010", "#/components/schemas/Bad")]


@pytest.mark.parametrize("name", [name for name in REAL if not name.startswith(("stripe", "github"))])
def test_every_real_document_is_diagnosed(specs: Path, name: str) -> None:
    document = Document.load(specs / name)
    flaws = diagnose(document)
    assert {flaw.code for flaw in flaws} <= {*MEANINGS}
    assert "D014" not in {flaw.code for flaw in flaws}
    assert len(list(summed(flaws))) <= (SHOWN_MAX + 1) * len(MEANINGS)


def test_many_of_a_kind_are_summed_up() -> None:
    lines = list(summed([*(diagnosed("D001", f"#/{n}") for n in range(SHOWN_MAX + 5)), Diagnostic("D002", "", "lost")]))
    assert lines[0].startswith("#/0: D001 the path does not begin with a slash")
    assert lines[0].endswith(MEANINGS["D001"].cure)
    assert lines[-2].startswith("D002 lost; ")
    assert lines[-1] == "D001: 5 more"


class TestSecondOpinion:
    """Another validator."""

    def test_it_is_heard_as_a_warning(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("openapi: 3.0.3\npaths: {}\n")
        (flaw,) = second_opinion(Document.load(tmp_path / "a.yaml"), [])
        assert flaw.code == "D019"
        assert "info" in flaw.message

    def test_it_is_not_asked_of_what_is_no_file_or_leads_outside(self, tmp_path: Path) -> None:
        assert second_opinion(Document(DOCUMENT), []) == []
        (tmp_path / "a.yaml").write_text("openapi: 3.0.3\npaths: {/a: {$ref: ../b.yaml}}\n")
        document = Document.load(tmp_path / "a.yaml")
        assert second_opinion(document, diagnose(document)) == []


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("a.json", "", True),
        ("a.yaml", "info: {}\nopenapi: 3.1.0\n", True),
        ("a.yaml", "swagger: '2.0'", True),
        ("vendor.yaml", "vendor: shop\ndocument: openapi.json\nfacts:\n  openapi: 1\n", False),
    ],
)
def test_a_document_is_told_from_a_vendor_file(tmp_path: Path, name: str, text: str, is_one: bool) -> None:
    (tmp_path / name).write_text(text)
    assert is_document(tmp_path / name) is is_one
