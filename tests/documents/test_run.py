"""`make documents` counts starts, answers and families, on the documents that it may look at."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.documents.run import is_ours, main

TEXT = {"type": "string"}
PET = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
ANSWER = {"content": {"application/json": {"schema": PET}}}


def document(**path: Any) -> bytes:
    paths = {"/pets": {"post": {"requestBody": ANSWER, "responses": {"201": ANSWER}}}, "/pets/{id}": path}
    return orjson.dumps({"openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "paths": paths})


def test_a_document_is_served_asked_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pets.json").write_bytes(document(get={"responses": {"200": ANSWER}}))
    (tmp_path / "books.json").write_bytes(b"{}")
    assert is_ours("pets.json")
    assert is_ours("books.json")
    assert main(["--directory", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "1 crashed" in out
    assert "{'right': 2}; 100.00% of the judged are right" in out
    assert "{'readable': 1}; 100.00% are readable" in out


def test_a_family_that_cannot_be_read_is_counted_apart_where_the_start_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = {"type": "object", "properties": {**dict.fromkeys("abcdef", TEXT), "id": TEXT}}
    sent = {"content": {"application/json": {"schema": many}}}
    made = {"content": {"application/json": {"schema": {"type": "object", "properties": {"name": TEXT}}}}}
    paths: dict[str, Any] = {"/pets": {"post": {"requestBody": sent, "responses": {"200": made}}}}
    paths["/pets/{id}"] = {"get": {"responses": {"200": ANSWER}}}
    (tmp_path / "pets.json").write_bytes(
        orjson.dumps({"openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "paths": paths})
    )
    main(["--directory", str(tmp_path)])
    out = capsys.readouterr().out
    assert "{'not readable, as the start says': 1}; 0.00% are readable" in out
    assert "0 are neither readable nor named at the start" in out


def test_documents_kept_for_another_judgement_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_bytes(b"this is no document")
    assert not is_ours("shop.json")
    assert main(["--directory", str(tmp_path)]) == 2
