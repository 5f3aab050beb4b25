"""A path finds its template: literal over mixed over parameter, going back where the first way has no such method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.openapi.routes import Routes


def routes(*entries: str) -> Routes[str]:
    made: Routes[str] = Routes()
    for entry in entries:
        method, template = entry.split(" ", 1)
        assert made.add(method, template, entry) is None
    return made


ALL = routes(
    "GET /a",
    "POST /a",
    "GET /a/{id}",
    "GET /a/search",
    "POST /a/{id}",
    "GET /a/{id}.json",
    "GET /a/{one}/b/{two}",
    "GET /a/search/{word}",
    "GET /compare/{base}...{head}",
    "POST /responses",
    "POST /responses?beta=true",
    "GET /",
    "GET /with space/{x}",
)


@pytest.mark.parametrize(
    ("method", "path", "target", "params"),
    [
        ("GET", "/a", "GET /a", {}),
        ("GET", "/a?x=1", "GET /a", {}),
        ("GET", "/a/search", "GET /a/search", {}),
        ("POST", "/a/search", "POST /a/{id}", {"id": "search"}),
        ("GET", "/a/7", "GET /a/{id}", {"id": "7"}),
        ("GET", "/a/7.json", "GET /a/{id}.json", {"id": "7"}),
        ("GET", "/a/.json", "GET /a/{id}", {"id": ".json"}),
        ("GET", "/a/search/b/2", "GET /a/{one}/b/{two}", {"one": "search", "two": "2"}),
        ("GET", "/a/search/x", "GET /a/search/{word}", {"word": "x"}),
        ("GET", "/compare/v1...v2", "GET /compare/{base}...{head}", {"base": "v1", "head": "v2"}),
        ("POST", "/responses", "POST /responses", {}),
        ("POST", "/responses?beta=true", "POST /responses?beta=true", {}),
        ("POST", "/responses?x=1&beta=true", "POST /responses?beta=true", {}),
        ("POST", "/responses?beta=false", "POST /responses", {}),
        ("GET", "/", "GET /", {}),
        ("GET", "/a/%C3%A9%2Fx", "GET /a/{id}", {"id": "é/x"}),
        ("GET", "/%61", "GET /a", {}),
        ("GET", "/with%20space/1", "GET /with space/{x}", {"x": "1"}),
        ("GET", "/a/100%25", "GET /a/{id}", {"id": "100%"}),
        ("GET", "/a/%2541", "GET /a/{id}", {"id": "%41"}),
        ("GET", "/%61/%2541", "GET /a/{id}", {"id": "%41"}),
    ],
)
def test_a_path_finds_its_template(method: str, path: str, target: str, params: dict[str, str]) -> None:
    assert ALL.find(method, path) == (target, params)


@pytest.mark.parametrize("path", ["/b", "/a/", "/a/1/c", "//a", "/a//b/2", "/a/1/b/2/3"])
def test_a_path_that_is_in_no_template_finds_nothing(path: str) -> None:
    assert ALL.find("GET", path) is None


def test_another_method_finds_nothing() -> None:
    assert ALL.find("DELETE", "/a") is None
    assert ALL.find("DELETE", "/a/1") is None


def test_two_templates_of_one_shape_may_have_their_own_names_and_methods() -> None:
    both = routes("GET /x/{name}", "DELETE /x/{number}")
    assert both.find("GET", "/x/1") == ("GET /x/{name}", {"name": "1"})
    assert both.find("DELETE", "/x/1") == ("DELETE /x/{number}", {"number": "1"})


def test_a_template_s_query_may_hold_parameters_and_the_one_that_asks_for_most_wins() -> None:
    near = routes("GET /near?lat={lat}", "GET /near?lat={lat}&lon={lon}", "GET /near?city=x&lat={lat}")
    assert near.find("GET", "/near?lon=%31&lat=2") == ("GET /near?lat={lat}&lon={lon}", {"lat": "2", "lon": "1"})
    assert near.find("GET", "/near?lat=2") == ("GET /near?lat={lat}", {"lat": "2"})
    assert near.find("GET", "/near?lat=2&city=x") == ("GET /near?city=x&lat={lat}", {"lat": "2"})
    assert near.find("GET", "/near") is None


def test_the_first_of_two_equals_wins() -> None:
    made = routes("GET /x/{name}")
    assert made.add("GET", "/x/{other}", "second") == "GET /x/{name}"
    assert made.find("GET", "/x/1") == ("GET /x/{name}", {"name": "1"})


@given(st.text(max_size=40), st.sampled_from(["GET", "POST", "PUT"]))
def test_no_path_raises(path: str, method: str) -> None:
    route = ALL.find(method, "/" + path)
    assert route is None or route[0].startswith(method)


def test_a_segment_of_many_parameters_is_taken_apart_without_trying_again() -> None:
    routes: Routes[str] = Routes()
    routes.add("GET", "/t/{a}{b}{c}{d}{e}{f}{g}{h}x", "many")
    assert routes.find("GET", "/t/" + "a" * 50_000) is None
    found = routes.find("GET", "/t/" + "a" * 10 + "x")
    assert found is not None
    assert found[1]["a"] == "aaa"


def test_each_parameter_of_a_segment_is_as_long_as_it_can_be_and_never_empty() -> None:
    routes: Routes[str] = Routes()
    routes.add("GET", "/{owner}-{name}.json", "one")
    assert routes.find("GET", "/a-b-c.json") == ("one", {"owner": "a-b", "name": "c"})
    assert routes.find("GET", "/-c.json") is None
    assert routes.find("GET", "/a-.json") is None
