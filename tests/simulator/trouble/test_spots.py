"""Places in a body are found by pointer and by schema."""

from typing import Any

from tidegate.simulator.trouble.spots import named, spots

PAGE = {"data": [{"id": "a", "deep": {"x": 1}}, {"id": "b"}], "more": False}


def found(body: Any, schema: Any) -> dict[str, tuple[Any, bool]]:
    return {spot.pointer: (spot.schema.get("type"), spot.required) for spot in spots(body, schema, lambda node: node)}


def test_a_pointer_names_the_holder_and_the_place_in_it() -> None:
    assert [(holder is PAGE, place) for holder, place in named(PAGE, "/more")] == [(True, "more")]
    assert [place for _, place in named(PAGE, "/data/1/id")] == ["id"]
    assert list(named(PAGE, "/data/7/id")) == []
    assert list(named(PAGE, "/more/x")) == []


def test_a_star_names_every_item() -> None:
    assert [holder["id"] for holder, _ in named(PAGE, "/data/*/id")] == ["a", "b"]  # type: ignore[call-overload]  # dicts
    assert [place for _, place in named(PAGE, "/data/*")] == [0, 1]
    assert [place for _, place in named({"*": 1}, "/*")] == ["*"]


def test_a_place_that_is_missing_is_named_too() -> None:
    assert [(holder, place) for holder, place in named({"a": {}}, "/a/b")] == [({}, "b")]


def test_a_name_may_hold_a_slash_or_a_tilde() -> None:
    body = {"a/b": {"c~d": 1}}
    [spot] = [spot for spot in spots(body, {}, dict) if spot.value == 1]
    assert spot.pointer == "/a~1b/c~0d"
    assert [place for _, place in named(body, spot.pointer)] == ["c~d"]


def test_spots_know_their_schema_and_whether_they_always_come() -> None:
    schema = {
        "properties": {
            "data": {"items": {"properties": {"id": {"type": "string"}, "deep": {}}, "required": ["id"]}},
            "more": {"type": "boolean"},
        },
        "required": ["more"],
    }
    assert found(PAGE, schema) == {
        "/data": (None, False),
        "/more": ("boolean", True),
        "/data/*/id": ("string", True),
        "/data/*/deep": (None, False),
        "/data/*/deep/x": (None, True),
    }


def test_of_alternatives_the_one_that_fits_best_is_taken() -> None:
    one, other = {"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "integer"}, "b": {}}}
    assert found({"a": 1, "b": 2}, {"anyOf": [one, other]})["/a"] == ("integer", False)
    assert found({"v": 1}, {"properties": {"v": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}})["/v"][0] == (
        "integer"
    )


def test_without_a_schema_everything_is_found_all_the_same() -> None:
    assert set(found([{"a": [[{"b": 1}]]}], None)) == {"/*/a", "/*/a/*/*/b"}


def test_a_deep_body_is_not_walked_to_its_end() -> None:
    body: Any = 1
    for _ in range(1000):
        body = {"a": body}
    assert len(found(body, None)) == 4
