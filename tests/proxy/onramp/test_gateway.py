"""Paths that lead to a vendor, and paths that could be read in two ways."""

from pathlib import Path

import pytest

from tests.proxy.town import Town, play
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.onramp.gateway import unsafe_path


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers",
        "/v1/customers/cus_1?expand[]=a&b=%2F..%2F",
        "/repos/a/b/git/ref/heads%2Fmain",
        "/v1/files/a..b",
        "/.well-known/x",
        "/a//b",
        "/",
        "/caf%C3%A9",
        "/a/x;v=../b",
        "/a/group%252Fproject.git",
        "/a/..x%2525",
    ],
)
def test_an_ordinary_path_passes(path: str) -> None:
    assert unsafe_path(path, path.partition("?")[0]) == ""


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/a/../b", id="a dot segment"),
        pytest.param("/a/./b", id="a single dot"),
        pytest.param("/a/..", id="a dot segment at the end"),
        pytest.param("/a/%2e%2e/b", id="encoded dots"),
        pytest.param("/a/.%2E/b", id="half encoded dots"),
        pytest.param("/a/x%2F..%2Fb", id="encoded slashes around dots"),
        pytest.param("/a/x%5C..%5Cb", id="encoded backslashes around dots"),
        pytest.param("/a/..;/b", id="dots with a parameter, which Tomcat takes off"),
        pytest.param("/a/.;x=1/b", id="a dot with a parameter"),
        pytest.param("/a/%2e%2e%3bx=1/b", id="encoded dots with a parameter"),
        pytest.param("/a/%252e%252e/b", id="dots encoded twice"),
        pytest.param("/a/..%25252Fb", id="a slash behind dots, encoded three times"),
        pytest.param("/a\\..\\b", id="backslashes"),
        pytest.param("/a%00b", id="an encoded NUL"),
        pytest.param("/a%0d%0aX: y", id="an encoded line break"),
        pytest.param("/a b", id="a space"),
        pytest.param("/caf\u00e9", id="a raw non-ASCII character"),
        pytest.param("/a\x7fb", id="a control character"),
        pytest.param("/a#b", id="a fragment"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_a_reason(path: str) -> None:
    assert unsafe_path(path, path.partition("?")[0])


@pytest.mark.parametrize(
    ("query", "headers", "operation"),
    [
        ("", {"X-Target": "Svc.Two"}, "Two"),
        ("", {"x-target": "Svc.One"}, "One"),
        ("?Action=Three", {}, "Three"),
        ("", {}, "One"),
    ],
)
def test_operations_of_one_path_are_told_apart(
    tmp_path: Path, query: str, headers: dict[str, str], operation: str
) -> None:
    def named(word: str, name: str, place: str, value: str) -> dict[str, object]:
        parameter = {"name": name, "in": place, "required": True, "schema": {"type": "string", "enum": [value]}}
        return {"post": {"operationId": word, "parameters": [parameter], "responses": {"200": {"description": ""}}}}

    paths = {
        "/all#one": named("One", "X-Target", "header", "Svc.One"),
        "/all#two": named("Two", "X-Target", "header", "Svc.Two"),
        "/all#three": named("Three", "Action", "query", "Three"),
    }

    async def story(town: Town) -> str:
        route = town.proxy.gateway.route("POST", f"/things/all{query}", headers)
        return "" if isinstance(route, Reply) else route.plan.operation

    assert play(tmp_path, [], story, paths=paths) == operation
