"""Tests of tidegate.proxy.console.view_routes."""

import pytest

from tidegate.proxy.console.view import View
from tidegate.proxy.console.view_routes import SEGMENT_CHARS_MAX, ViewRoutes

ROUTES = ViewRoutes(View(path, path, "") for path in ("/", "/calls", "/calls/{id}", "/calls/new", "/v/{a}/x/{b}"))


@pytest.mark.parametrize(
    ("path", "view", "names"),
    [
        ("/", "/", {}), ("", "/", {}), ("/calls", "/calls", {}), ("/calls/", "/calls", {}),
        ("/calls/new", "/calls/new", {}), ("/calls/a%2Fb%20c", "/calls/{id}", {"id": "a/b c"}),
        ("/v/1/x/2", "/v/{a}/x/{b}", {"a": "1", "b": "2"}),
    ],
)  # fmt: skip
def test_a_path_means_a_view(path: str, view: str, names: dict[str, str]) -> None:
    found = ROUTES.find(path)
    assert found is not None
    assert (found[0].path, found[1]) == (view, names)


@pytest.mark.parametrize("path", ["/x", "/calls/a/b", "/v//x/2", "/calls/" + "a" * (SEGMENT_CHARS_MAX + 1)])
def test_other_paths_mean_none(path: str) -> None:
    assert ROUTES.find(path) is None
