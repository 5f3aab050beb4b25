"""A request finds its operation with the vendor's base path and without it."""

from typing import Any

import pytest

from tests.simulator.conftest import Play
from tidegate.openapi.document import Document
from tidegate.simulator.door.operation_match import OperationMatcher


def addresses(base_url: str = "https://api.example", *paths: str, **root: Any) -> OperationMatcher:
    templates = {path: {"get": {"operationId": path}} for path in paths or ("/models", "/models/{id}")}
    return OperationMatcher(Document({"openapi": "3.1.0", "paths": templates, **root}), base_url)


def template_of(where: OperationMatcher, path: str) -> str | None:
    match = where.match("GET", path)
    return match.operation.id if match else None


@pytest.mark.parametrize("path", ["/models", "/v1/models", "/v1/models?limit=1", "/eu/v1/models"])
def test_every_base_path_leads_to_the_operation_and_so_does_none(path: str) -> None:
    where = addresses("https://api.example/v1", servers=[{"url": "https://eu.example/eu/v1/"}])
    assert template_of(where, path) == "/models"


def test_swagger_s_base_path_counts() -> None:
    where = OperationMatcher(
        Document({"swagger": "2.0", "basePath": "/api", "paths": {"/chat.post": {"get": {"operationId": "it"}}}}),
        "https://slack.example",
    )
    assert template_of(where, "/api/chat.post") == "it"


def test_a_path_that_only_begins_alike_has_no_base_path() -> None:
    where = addresses("https://api.example/v1", "/v1x", "/x")
    assert template_of(where, "/v1x") == "/v1x"
    assert template_of(where, "/v2/x") is None


def test_the_base_path_counts_before_a_parameter_that_would_take_it() -> None:
    where = addresses("https://api.example/v1", "/{a}/{b}", "/models")
    assert template_of(where, "/v1/models") == "/models"
    assert template_of(where, "/v1/models/x") == "/{a}/{b}"
    assert template_of(where, "/other/models") == "/{a}/{b}"


async def test_what_cannot_be_served_answers_501_with_its_code_and_the_rest_is_served(play: Play) -> None:
    fine = {"responses": {"200": {"content": {"application/json": {"schema": {"const": "hi"}}}}}}
    lost = {"post": {**fine, "requestBody": {"$ref": "#/lost"}}, "get": {"responses": {"200": {"$ref": "#/lost"}}}}
    document = Document({"openapi": "3.1.0", "paths": {"/lost": lost, "/found": {"get": fine}}})
    vendor = await play(served=document)
    status, answer, _ = await vendor.exchange("GET", "/found")
    assert (status, str(answer)) == (200, "hi")
    for method in ("POST", "GET"):
        status, refused = await vendor.ask(method, "/lost")
        assert status == 501
        assert "D020" in refused["error"]["message"]


def test_every_method_that_the_document_has_is_told_to_who_sends_another() -> None:
    item: dict[str, Any] = {"get": {}, "query": {}, "additionalOperations": {"COPY": {}}}
    where = OperationMatcher(Document({"openapi": "3.2.0", "paths": {"/a": item}}), "")
    assert where.allowed("/a") == ["GET", "HEAD", "QUERY", "COPY"]


def test_a_variable_of_a_base_path_may_be_anything_where_nothing_else_is_there() -> None:
    listed = [{"url": "https://a.example/{account}/v1", "variables": {"account": {"default": "demo"}}}]
    where = addresses("", servers=listed)
    assert [template_of(where, path) for path in ("/demo/v1/models", "/mine/v1/models", "/models")] == ["/models"] * 3
    assert [template_of(where, path) for path in ("/mine/v1", "/mine/v1/other", "/a/b/v1/models")] == [None] * 3
