"""A document's addresses are found on every level, with their variables filled in."""

from pathlib import Path
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.servers import open_paths, paths, servers


def addresses(**root: Any) -> list[str]:
    return servers(Document({"paths": {}, **root}))


def test_servers_stand_on_three_levels() -> None:
    item = {"servers": [{"url": "https://path"}], "get": {"servers": [{"url": "https://operation"}], "responses": {}}}
    expected = addresses(openapi="3.0.3", servers=[{"url": "https://main"}, {"url": "/v1"}], paths={"/a": item})
    assert expected == ["https://main", "/v1", "https://path", "https://operation"]


def test_variables_take_their_default_first_and_then_what_is_allowed() -> None:
    server = {
        "url": "https://{region}.example/{base}",
        "variables": {"region": {"default": "eu", "enum": ["us", "eu"]}, "base": {"default": "v2"}},
    }
    assert addresses(openapi="3.0.3", servers=[server]) == ["https://eu.example/v2", "https://us.example/v2"]


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ({"host": "a.example", "basePath": "/v1", "schemes": ["http", "https"]}, ["https://a.example/v1"]),
        ({"host": "a.example", "schemes": ["http"]}, ["http://a.example"]),
        ({"basePath": "/v1"}, ["/v1"]),
        ({}, [""]),
    ],
)
def test_swagger_has_one_address(root: dict[str, Any], expected: list[str]) -> None:
    assert addresses(swagger="2.0", **root) == expected


@pytest.mark.parametrize("listed", [None, {}, [None], [{"url": 3}], [{"url": "/a", "variables": []}]])
def test_what_is_no_list_of_servers_is_none(listed: Any) -> None:
    assert addresses(openapi="3.0.3", servers=listed) in ([], ["/a"])


def test_paths_are_told_longest_first_and_hosts_have_none() -> None:
    assert paths(["https://a/v1/", "https://b", "/api/v1", "https://c/v1"]) == ["/api/v1", "/v1"]


def test_slack_and_openai_have_the_base_paths_that_their_sdks_send(specs: Path) -> None:
    assert paths(servers(Document.load(specs / "slack" / "slack_web_openapi_v2.json"))) == ["/api"]
    assert paths(servers(Document.load(specs / "openai" / "openapi.json"))) == ["/v1"]


def test_a_variable_without_a_list_may_have_any_value() -> None:
    variables = {"acct": {"default": "a"}, "v": {"enum": ["v1", "v2"], "default": "v1"}, "host": {"default": "x"}}
    listed = [
        {"url": url, "variables": variables} for url in ("https://{host}/{acct}/{v}/", "https://{host}/{v}", "/q")
    ]
    document = Document({"openapi": "3.0.3", "paths": {}, "servers": listed})
    assert open_paths(document) == ["/[^/]+/[^/]+"]
    assert "/a/v2" in paths(servers(document))


def test_what_is_no_address_is_left_out() -> None:
    listed = [{"url": url} for url in ("http://[", "https://a.example:port/x", "https://b.example/y")]
    found = servers(Document({"openapi": "3.0.3", "paths": {}, "servers": listed}))
    assert found == ["https://b.example/y"]
    assert paths(found) == ["/y"]
