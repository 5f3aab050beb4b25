"""Tests of tidegate.proxy.access.operation_lists: no spelling of a path leads past a list."""

import json

import pytest

from tidegate.openapi.document import Document
from tidegate.proxy.access.operation_lists import OperationList, readings

PATHS = {
    "/v1/things/{id}": {"get": {"operationId": "GetThing"}, "post": {"operationId": "PostThing"}},
    "/v1/things/{id}/parts": {"post": {"operationId": "PostParts"}},
    "/v1/refunds": {"post": {"operationId": "PostRefunds"}},
    "/v1/{any}": {"get": {"operationId": "GetAny"}},
}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:

    file = tmp_path_factory.mktemp("document") / "openapi.json"
    ok = {"responses": {"200": {"description": "ok"}}}
    paths = {path: {method: {**node, **ok} for method, node in item.items()} for path, item in PATHS.items()}
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}))
    return Document.load(file)


def test_a_list_names_ids_and_patterns_and_the_word_for_all_others() -> None:
    names = OperationList(["PostRefunds", "Get*", "unlisted"])
    assert [names.names(name) for name in ("PostRefunds", "GetThing", "PostThing", "unlisted")] == [
        True, True, False, True
    ]  # fmt: skip
    assert names.names("GetThing"), "the remembered answer is the same"
    assert not OperationList(["get*"]).names("GetThing"), "ids have their case"


@pytest.mark.parametrize(
    "path",
    [
        "//v1/refunds", "/v1//refunds", "/v1/refunds/", "/v1/refunds//", "/v1/refunds.", "/v1/refunds./",
        "/v1/refunds;a=b", "/v1;x/refunds", "/v1%2frefunds", "/v1%2Frefunds", "/v1/%72efunds",
        "/v1/refund%73", "/%76%31/refunds",
        "/v1/%2572efunds", "/v1%252frefunds", "/v1/refunds%2f", "/v1/refunds%20", "/v1/refunds%2e", "/V1/Refunds",
        "/v1/REFUNDS", "/v1/refunds.json", "/v1/refunds.JSON", "/v1%5crefunds", "/v1/refunds;.json",
    ],
)  # fmt: skip
def test_every_spelling_that_a_server_may_take_for_an_operation_is_found(document: Document, path: str) -> None:
    assert "PostRefunds" in readings("POST", path, document, listed=False)


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/v1/things/a%2Fparts", "PostParts"),
        ("/v1/things/a%252fparts", "PostParts"),
        ("/v1/things/a;x=%2F/parts", "PostParts"),
        ("/v1/things/a%5Cparts", "PostParts"),
    ],
)
def test_an_escape_in_a_parameter_may_be_another_operation(document: Document, path: str, other: str) -> None:
    assert other in readings("POST", path, document, listed=True)


@pytest.mark.parametrize("path", ["/v1/things/a", "/v1/things/A.b", "/v1/refunds", "/v1/things/x.json"])
def test_a_plain_path_of_the_document_is_read_once(document: Document, path: str) -> None:
    assert list(readings("POST", path, document, listed=True)) == []


def test_data_in_a_parameter_stays_the_operation_that_it_is(document: Document) -> None:
    assert set(readings("POST", "/v1/things/a%20b%C3%BC", document, listed=True)) == {"PostThing"}


def test_a_long_path_takes_a_bounded_number_of_looks(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    monkeypatch.setattr(Document, "match", lambda self, method, path: looks.append(path))
    list(readings("POST", "/" + "%25" * 2000 + "//;" * 1000, document, listed=False))
    assert len(looks) < 200
