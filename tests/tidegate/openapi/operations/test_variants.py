"""Operations of one method and path are told apart by what else a request carries."""

from typing import Any

import pytest

from tidegate.openapi.document import Document

TEXT = {"type": "string"}


def parameter(name: str, place: str = "query", *, required: bool = True, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": {**TEXT, **schema}}


def body(*media: str) -> dict[str, Any]:
    return {"content": {kind: {"schema": {}} for kind in media}}


def meant(paths: dict[str, Any], method: str, path: str, sent: bytes = b"", **headers: str) -> str:
    document = Document({"openapi": "3.0.3", "paths": paths})
    match = document.match(method, path)
    assert match is not None
    written = {name.replace("_", "-"): value for name, value in headers.items()}
    return document.meant(match, written, path.partition("?")[2], sent).operation.id


AWS = {
    f"/#X-Amz-Target=Svc.{word}": {
        "post": {"operationId": word, "parameters": [parameter("X-Amz-Target", "header", enum=[f"Svc.{word}"])]}
    }
    for word in ("One", "Two", "Three")
}
QUERY = {
    f"/#Action={word}": {"post": {"operationId": word, "parameters": [parameter("Action", enum=[word])]}}
    for word in ("One", "Two")
}


@pytest.mark.parametrize("word", ["One", "Two", "Three"])
def test_by_a_header_whatever_its_case(word: str) -> None:
    assert meant(AWS, "POST", "/", x_amz_target=f"Svc.{word}") == word


def test_by_a_value_of_the_query_or_of_a_form() -> None:
    form = "application/x-www-form-urlencoded"
    assert meant(QUERY, "POST", "/?Action=Two") == "Two"
    assert meant(QUERY, "POST", "/", b"Version=1&Action=Two", Content_Type=form) == "Two"
    assert meant(QUERY, "POST", "/?Action=Nine") == "One"  # which refuses it


def test_by_a_parameter_that_must_be_there() -> None:
    plain = {"operationId": "file", "parameters": [parameter("fields", required=False)]}
    link = {"operationId": "link", "parameters": [parameter("fields", enum=["shared_link"])]}
    paths = {"/files/{id}": {"get": plain}, "/files/{name}#shared": {"get": link}}
    assert meant(paths, "GET", "/files/1") == "file"
    assert meant(paths, "GET", "/files/1?fields=name") == "file"
    assert meant(paths, "GET", "/files/1?fields=shared_link") == "link"
    document = Document({"openapi": "3.0.3", "paths": paths})
    match = document.match("GET", "/files/1")
    assert match is not None
    assert document.meant(match, {}, "fields=shared_link", b"").params == {"name": "1"}


def test_by_the_type_of_the_body() -> None:
    paths = {
        "/ocr": {"post": {"operationId": "url", "requestBody": body("application/json")}},
        "/ocr#overload=stream": {"post": {"operationId": "stream", "requestBody": body("application/octet-stream")}},
    }
    assert meant(paths, "POST", "/ocr", Content_Type="application/octet-stream") == "stream"
    assert meant(paths, "POST", "/ocr", Content_Type="application/json; charset=utf-8") == "url"
    assert meant(paths, "POST", "/ocr") == "url"


def test_a_fragment_names_the_parameter_that_tells() -> None:
    plain = {"operationId": "all", "parameters": [parameter("tagKeys", required=False)]}
    tagged = {"operationId": "some", "parameters": [parameter("tagKeys", type="array")]}
    paths = {"/tags/{arn}": {"delete": plain}, "/tags/{arn}#tagKeys": {"delete": tagged}}
    assert meant(paths, "DELETE", "/tags/a?tagKeys=b") == "some"
    assert meant(paths, "DELETE", "/tags/a") == "all"
    assert Document({"openapi": "3.0.3", "paths": paths}).diagnostics == []
