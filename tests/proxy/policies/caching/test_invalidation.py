"""Tests of tidegate.proxy.policies.caching.invalidation."""

import pytest

from tidegate.proxy.policies.caching.invalidation import changed, named_by


@pytest.mark.parametrize(
    ("path", "lines", "expected"),
    [
        ("/v1/things/1?x=1", {}, {"/v1/things/1", "/v1/things", "/v1"}),
        ("/things", {"Location": "/api/things/7"}, {"/things", "/things/7"}),
        ("/things", {"Location": "https://v.example/api/things/7?q"}, {"/things", "/things/7"}),
        ("/things", {"Location": "HTTPS://V.example:443/api/things/7"}, {"/things", "/things/7"}),
        ("/things", {"Location": "https://other.example/api/things/7"}, {"/things"}),
        ("/things", {"Location": "https://v.example:444/api/things/7"}, {"/things"}),
        ("/things", {"Location": "http://v.example/api/things/7"}, {"/things"}),
        ("/things", {"Location": "/elsewhere"}, {"/things"}),
        ("/things", {"Location": "//["}, {"/things"}),
        ("/things", {"Location": "https://v.example:x/api/things/7"}, {"/things"}),
        ("/things/1", {"Content-Location": "2"}, {"/things/1", "/things", "/things/2"}),
        ("/things/1/", {}, {"/things/1", "/things"}),
        ("/shop/things/1.json", {}, {"/shop/things/1", "/shop/things", "/shop"}),
        ("/things/1:cancel", {}, {"/things/1:cancel", "/things/1", "/things"}),
        ("/things(1)/name", {}, {"/things(1)/name", "/things(1)", "/things"}),
    ],
)
def test_a_write_makes_what_it_names_and_what_is_above_that_doubtful(
    path: str, lines: dict[str, str], expected: set[str]
) -> None:
    assert changed(path, "https://v.example/api", lines) == expected


@pytest.mark.parametrize("path", ["/a@b/~c", "/a%40b/%7Ec", "/a%40b/~c/", "/a@b/~c.json", "/a@b/~c.XML"])
def test_a_path_names_the_same_whatever_way_it_is_written(path: str) -> None:
    assert named_by(path) == "/a@b/~c"


@pytest.mark.parametrize("path", ["/a@b/~C", "/a@b/~c.pdf", "/a@b", "/a@b/.json"])
def test_another_path_names_something_else(path: str) -> None:
    assert named_by(path) != "/a@b/~c"
