"""References are followed inside the document and into files below its folder, and nowhere else."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.document_file import DocumentError, read_file
from tidegate.openapi.references import Outside, References

FILES = {
    "openapi.yaml": """
        openapi: 3.0.3
        paths:
          /pets: {$ref: paths/pets.yaml}
          /owners: {$ref: "paths/owners%20of%20pets.json#/all~1of~1them"}
          /broken: {$ref: paths/missing.yaml}
        components:
          schemas:
            Id: {type: string, minLength: 2}
        """,
    "paths/pets.yaml": """
        get:
          operationId: Pets
          parameters: [{$ref: "../parameters.yaml#/limit"}]
          responses:
            200: {content: {application/json: {schema: {$ref: "../schemas/pet.yaml"}}}}
        """,
    "paths/owners of pets.json": '{"all/of/them": {"get": {"operationId": "Owners", "responses": {}}}}',
    "parameters.yaml": "limit: {name: limit, in: query, schema: {type: integer}}",
    "schemas/pet.yaml": """
        type: object
        required: [id]
        properties:
          id: {$ref: "../openapi.yaml#/components/schemas/Id"}
          friend: {$ref: "#"}
          name: {$ref: "#/definitions/name"}
        definitions: {name: {type: string}}
        """,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "document"
    for name, text in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (tmp_path / "secret.yaml").write_text("secret: 1")
    return home


def test_a_document_of_several_files_is_one_document(folder: Path) -> None:
    parsed = Document.load(folder / "openapi.yaml")
    assert list(parsed.operations) == ["Pets", "Owners"]
    assert [entry["name"] for entry in parsed.parameters(parsed.operations["Pets"])] == ["limit"]
    schema = parsed.response_schema(parsed.operations["Pets"], 200)
    validator = parsed.schemas.validator(schema, of="answer")
    assert validator.is_valid({"id": "ab", "friend": {"id": "cd", "name": "Rex"}})
    assert not validator.is_valid({"id": "a"})
    assert not validator.is_valid({"id": "ab", "friend": {"id": "c"}})
    assert not validator.is_valid({"id": "ab", "friend": {"id": "cd", "name": 7}})


def test_a_file_that_is_missing_costs_its_path_only(folder: Path) -> None:
    parsed = Document.load(folder / "openapi.yaml")
    assert [(flaw.code, flaw.pointer) for flaw in parsed.diagnostics] == [("D002", "#/paths/~1broken")]
    assert "No such file" in parsed.diagnostics[0].message


def test_a_file_is_read_once_and_only_when_it_is_needed(folder: Path) -> None:
    opened: list[str] = []

    def read(path: Path) -> Any:
        opened.append(path.name)
        return read_file(path)

    references = References({}, "it", folder / "openapi.yaml", read)
    assert opened == []
    for _ in range(2):
        assert references.resolve("schemas/pet.yaml#/type") == "object"
        assert references.resolve("./schemas/../schemas/pet.yaml#/required/0") == "id"
    assert opened == ["pet.yaml"]


@pytest.mark.parametrize(
    "reference",
    [
        "../secret.yaml#/secret",
        "schemas/../../secret.yaml",
        "%2e%2e/secret.yaml",
        "link.yaml#/secret",
        "linked/secret.yaml",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1:1/a.yaml",
        "HTTPS://example.com/a.yaml#/a",
        "//example.com/a.yaml",
        "C:\\a.yaml",
        "\\\\host\\a.yaml",
        "data:application/json,1",
    ],
)
def test_no_address_is_fetched_and_no_file_outside_the_folder_is_opened(folder: Path, reference: str) -> None:
    (folder / "link.yaml").symlink_to(folder.parent / "secret.yaml")
    (folder / "linked").symlink_to(folder.parent)
    with pytest.raises(Outside, match="outside the document"):
        References({}, "it", folder / "openapi.yaml", read_file).resolve(reference)


def test_the_files_that_were_asked_for_are_known_those_that_lack_too(folder: Path) -> None:
    references = References({}, "it", folder / "openapi.yaml", read_file)
    for reference in ("schemas/pet.yaml", "schemas/pet.yaml#/nothing", "later.yaml", "later.yaml"):
        with suppress(DocumentError):
            references.resolve(reference)
    assert references.others == [folder.resolve() / "schemas/pet.yaml", folder.resolve() / "later.yaml"]


def test_a_document_that_is_no_file_has_no_other_files() -> None:
    with pytest.raises(Outside):
        References({}, "it", None, read_file).resolve("schemas/pet.yaml")


def test_a_pointer_to_nothing_in_another_file_is_refused_by_its_name(folder: Path) -> None:
    with pytest.raises(DocumentError, match=r"schemas/pet\.yaml#/nothing points at nothing"):
        References({}, "it", folder / "openapi.yaml", read_file).resolve("schemas/pet.yaml#/nothing")


def test_references_in_a_circle_through_two_files_end(folder: Path) -> None:
    (folder / "one.json").write_text('{"$ref": "two.json"}')
    (folder / "two.json").write_text('{"$ref": "one.json"}')
    with pytest.raises(DocumentError, match="circle"):
        References({}, "it", folder / "openapi.yaml", read_file).follow({"$ref": "one.json"})


def test_a_reference_to_what_can_be_no_file_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "circle.json").symlink_to(tmp_path / "circle.json")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    references = References({}, "a", tmp_path / "a.json", read_file)
    for name in ("a\0b.json", "x" * 5_000, "circle.json", "folder.json", "pipe.json", "none.json"):
        with pytest.raises(DocumentError):
            references.resolve(f"{name}#/a")


def test_a_place_in_a_list_is_a_number_and_counts_from_its_beginning() -> None:
    references = References({"a": [1, 2]}, "a", None, read_file)
    assert references.resolve("#/a/1") == 2
    for token in ("-1", "2", "x", "\u0661", ""):
        with pytest.raises(DocumentError, match="points at nothing"):
            references.resolve(f"#/a/{token}")


@pytest.mark.parametrize("written", ["https://a.test/api/openapi.yaml#/b", "openapi.yaml#/b", "/api/openapi.yaml#/b"])
def test_a_document_is_known_by_its_own_name(written: str) -> None:
    root = {"$self": "https://a.test/api/openapi.yaml", "b": {"type": "string"}}
    assert References(root, "document", None, read_file).follow({"$ref": written}) is root["b"]
    with pytest.raises(Outside):
        References(root, "document", None, read_file).follow({"$ref": "https://a.test/api/other.yaml#/b"})
