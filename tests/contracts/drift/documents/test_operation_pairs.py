"""Operations of two documents, paired up."""

from typing import Any

from tidegate.contracts.drift.documents.operation_pairs import operation_pairs, shape
from tidegate.openapi.document import Document


def api(**operations: str) -> Document:
    paths: dict[str, Any] = {}
    for name, written in operations.items():
        method, path = written.split(" ")
        paths.setdefault(path, {})[method] = {"operationId": name}
    return Document({"openapi": "3.0.3", "paths": paths})


def test_names_of_path_parameters_are_no_matter() -> None:
    pairs = operation_pairs(api(a="get /things/{id}"), api(b="get /things/{thing}"))
    assert [(one.id, other.id) for one, other in pairs.both] == [("a", "b")]


def test_of_two_with_one_shape_the_id_decides() -> None:
    """GitHub's document has two such pairs."""
    both = api(a="get /things/{id}", b="get /things/{name}")
    assert [(one.id, other.id) for one, other in operation_pairs(both, both).both] == [("a", "a"), ("b", "b")]


def test_one_whose_id_is_at_another_path_has_moved() -> None:
    pairs = operation_pairs(api(a="get /v1/things", b="get /x"), api(a="get /v2/things", c="get /y"))
    assert [operation.id for operation in pairs.gone] == ["a", "b"]
    assert {name: there.template for name, there in pairs.moved.items()} == {"a": "/v2/things"}
    assert [operation.id for operation in pairs.come] == ["c"]


def test_a_shape_is_method_and_path() -> None:
    assert shape(api(a="get /a/{b}/c.{d}").operations["a"]) == ("GET", "/a/{}/c.{}")


def test_a_path_that_stood_in_the_servers_address_is_the_same() -> None:
    def at(server: str, path: str) -> Document:
        return Document({"openapi": "3.0.3", "servers": [{"url": server}], "paths": {path: {"get": {}}}})

    one, other = at("https://api.example.com/v1", "/things/{id}"), at("https://api.example.com", "/v1/things/{thing}")
    for old, new in ((one, other), (other, one)):
        assert len(operation_pairs(old, new).both) == 1
    assert operation_pairs(one, at("https://api.example.com/v2", "/v1/things/{id}")).both == ()
