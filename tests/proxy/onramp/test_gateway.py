"""Paths that lead to a vendor, and paths that could be read in two ways."""

import pytest

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
