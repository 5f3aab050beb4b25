"""Parameters are read from every place in every style of the standards."""

from http.cookies import SimpleCookie
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.request.forms import FormError
from tidegate.simulator.request.parameters import (
    Parameter,
    QueryParameters,
    parameter,
    read_cookies,
    read_headers,
    read_path,
)

LIST = {"type": "array", "items": {"type": "string"}}
DOCUMENT = Document({"openapi": "3.0.3", "paths": {}, "components": {"schemas": {"colours": LIST}}})
EITHER = {"anyOf": [{"$ref": "#/components/schemas/colours"}, {"type": "null"}]}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
DEEP = {"type": "object", "properties": {"l": NUMBERS, "c": {"type": "string"}}}
COLOUR = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}


def made(place: str, schema: Any = None, **more: Any) -> Parameter:
    entry = {"name": "color", "in": place, **more}
    compiled = parameter(entry if schema is None else {**entry, "schema": schema}, DOCUMENT.schemas.plain)
    assert compiled is not None
    return compiled


def query(text: str, schema: Any = None, **more: Any) -> Any:
    return QueryParameters([made("query", schema, **more)]).read(text)[0].get("color")


@pytest.mark.parametrize(
    ("style", "explode", "schema", "text", "value"),
    [
        (None, None, {"type": "string"}, "color=blue+ish%20x", "blue ish x"),
        (None, None, {"type": "string"}, "color=a&color=b", "b"),
        ("form", None, LIST, "color=blue&color=black", ["blue", "black"]),
        ("form", True, LIST, "color=blue%2Cblack", ["blue,black"]),
        ("form", True, EITHER, "color=blue&color=black", ["blue", "black"]),
        ("form", False, LIST, "color=blue,black%2Cbrown", ["blue", "black,brown"]),
        ("form", False, LIST, "color=", []),
        ("form", True, LIST, "color[]=blue&color[]=black", {"0": "blue", "1": "black"}),
        ("spaceDelimited", False, LIST, "color=blue%20black+brown", ["blue", "black", "brown"]),
        ("spaceDelimited", True, LIST, "color=blue&color=black", ["blue", "black"]),
        ("pipeDelimited", False, LIST, "color=blue|black%7Cbrown", ["blue", "black", "brown"]),
        ("form", False, COLOUR, "color=R,100,G,200", {"R": "100", "G": "200"}),
        ("form", True, COLOUR, "R=100&G=200&other=1", {"R": "100", "G": "200"}),
        ("form", True, COLOUR, 'color={"R": 100}', {"R": 100}),
        ("deepObject", True, COLOUR, "color[R]=100&color[G]=200", {"R": "100", "G": "200"}),
        ("deepObject", True, COLOUR, "color=R", "R"),
        ("deepObject", True, LIST, "color[0]=a&color[]=b", {"0": "a", "1": "b"}),
        ("deepObject", True, LIST, "color=a", "a"),
        ("deepObject", True, DEEP, "color[l]=1&color[l]=2&color[c]=3", {"l": ["1", "2"], "c": "3"}),
        ("deepObject", True, DEEP, "color[l]=1", {"l": ["1"]}),
        ("form", False, NUMBERS, "color=1%2C2", ["1", "2"]),
        ("form", False, {"anyOf": [NUMBERS, {"type": "null"}]}, "color=1%2C2", ["1", "2"]),
        ("form", False, {"type": "array", "items": {"type": "string", "enum": ["a"]}}, "color=a%2ca", ["a", "a"]),
        (
            "form",
            True,
            {"type": "object", "additionalProperties": {"type": "integer"}},
            "a=1&b=2",
            {"a": "1", "b": "2"},
        ),
        ("form", True, {"type": "object"}, "a=1", {"a": "1"}),
    ],
)
def test_a_query_in_every_style(style: str | None, explode: bool | None, schema: Any, text: str, value: Any) -> None:
    more = {key: said for key, said in {"style": style, "explode": explode}.items() if said is not None}
    assert query(text, schema, **more) == value


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (None, "color=a,b", ["a", "b"]),
        ("csv", "color=a,b", ["a", "b"]),
        ("ssv", "color=a%20b", ["a", "b"]),
        ("tsv", "color=a\tb", ["a", "b"]),
        ("tsv", "color=a%09b", ["a", "b"]),
        ("pipes", "color=a|b", ["a", "b"]),
        ("multi", "color=a&color=b", ["a", "b"]),
    ],
)
def test_a_query_in_every_collection_format_of_swagger(form: str | None, text: str, value: Any) -> None:
    more = {"collectionFormat": form} if form else {}
    assert query(text, **LIST, **more) == value


@pytest.mark.parametrize(
    ("style", "explode", "schema", "text", "value"),
    [
        ("simple", False, {"type": "string"}, "blue+%41", "blue+%41"),
        ("simple", False, LIST, "blue,black", ["blue", "black"]),
        ("simple", False, COLOUR, "R,100,G,200", {"R": "100", "G": "200"}),
        ("simple", True, COLOUR, "R=100,G=200", {"R": "100", "G": "200"}),
        ("label", False, {"type": "string"}, ".blue", "blue"),
        ("label", False, LIST, ".blue,black", ["blue", "black"]),
        ("label", True, LIST, ".blue.black", ["blue", "black"]),
        ("label", False, COLOUR, ".R,100,G,200", {"R": "100", "G": "200"}),
        ("label", True, COLOUR, ".R=100.G=200", {"R": "100", "G": "200"}),
        ("matrix", False, {"type": "string"}, ";color=blue", "blue"),
        ("matrix", False, LIST, ";color=blue,black", ["blue", "black"]),
        ("matrix", True, LIST, ";color=blue;color=black", ["blue", "black"]),
        ("matrix", False, COLOUR, ";color=R,100,G,200", {"R": "100", "G": "200"}),
        ("matrix", True, COLOUR, ";R=100;G=200", {"R": "100", "G": "200"}),
    ],
)
def test_a_path_in_every_style(style: str, explode: bool, schema: Any, text: str, value: Any) -> None:
    known = made("path", schema, style=style, explode=explode)
    assert read_path([known], {"color": text}) == {"color": value}


def test_headers_are_found_and_their_lists_split() -> None:
    assert read_headers([made("header", LIST)], {"color": "blue, black%"}) == {"color": ["blue", "black%"]}
    assert read_headers([made("header", {"type": "string"})], {"color": "a, b+c"}) == {"color": "a, b+c"}
    assert read_headers([made("header", LIST)], {}) == {}


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION", "Accept-Encoding", "Content-Length"])
def test_headers_that_have_a_meaning_of_their_own_are_no_parameters(name: str) -> None:
    assert parameter({"name": name, "in": "header", "schema": {}}, DOCUMENT.schemas.plain) is None


def test_cookies_are_found() -> None:
    assert read_cookies([made("cookie", {"type": "string"})], "a=1; color=blue") == {"color": "blue"}
    assert read_cookies([made("cookie", {"type": "string"})], "") == {}
    assert read_cookies([made("cookie", {"type": "string"})], "color=YQ+b%2Fc==") == {"color": "YQ+b/c=="}


@pytest.mark.parametrize("beside", ['{"a":1}', "a b", "x[y]", '"', "café", "a=b=c", ""])
def test_cookies_are_found_beside_what_others_write(beside: str) -> None:
    """Browsers send whatever a page has set (RFC 6265 §5.4)."""
    known = [made("cookie", {"type": "string"})]
    assert read_cookies(known, f"one[{beside}]=1; other={beside};color=blue; ; flag") == {"color": "blue"}


def test_a_cookie_in_quotes_is_what_python_s_clients_mean() -> None:
    cookie: SimpleCookie = SimpleCookie()
    cookie["color"] = value = 'a, "b"; c\\é'
    written = cookie.output(header="", sep=";").strip()
    assert read_cookies([made("cookie", {"type": "string"})], written) == {"color": value}


def test_an_object_among_cookies_is_one_for_each_field() -> None:
    known = made("cookie", COLOUR)
    assert read_cookies([known], "R=100; G=a%20b; x=1") == {"color": {"R": "100", "G": "a b"}}
    assert read_cookies([known], "x=1") == {}
    own = made("cookie", COLOUR, style="cookie")
    assert read_cookies([own], "R=100; G=a%20b") == {"color": {"R": "100", "G": "a%20b"}}
    assert read_cookies([made("cookie", LIST, style="cookie")], "color=blue; color=a,b") == {"color": ["blue", "a,b"]}


def test_a_parameter_with_a_media_type_is_json() -> None:
    known = made("query", COLOUR, content={"application/json": {"schema": COLOUR}})
    assert QueryParameters([known]).read("color=%7B%22R%22:1%7D")[0] == {"color": {"R": 1}}
    with pytest.raises(FormError, match="is not JSON") as refused:
        QueryParameters([known]).read("color=%7B")
    assert refused.value.name == "color"
    with pytest.raises(FormError, match="is nested more than 100 levels deep"):
        QueryParameters([known]).read("color=" + "[" * 101 + "]" * 101)


def test_what_is_not_declared_is_handed_over_apart() -> None:
    known = made("query", {"type": "string"})
    assert QueryParameters([known]).read("a=1&color=b&color[x]=1&c[d]=%20") == (
        {"color": "b"},
        {"a": "1", "color[x]": "1", "c[d]": " "},
    )


def test_a_name_with_brackets_of_its_own_is_taken_as_it_is() -> None:
    known = parameter({"name": "include[]", "in": "query", "schema": LIST}, DOCUMENT.schemas.plain)
    assert known is not None
    assert QueryParameters([known]).read("include[]=a&include%5B%5D=b")[0] == {"include[]": ["a", "b"]}


@pytest.mark.parametrize("text", ["color=%ff", "color[=1", "&".join(["color=a"] * 2000)])
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(FormError):
        QueryParameters([made("query", LIST)]).read(text)


def test_cookies_that_would_take_long_to_read_are_refused() -> None:
    with pytest.raises(FormError, match="The cookies have at most"):
        read_cookies([], "a=" + "x" * 20_000)
