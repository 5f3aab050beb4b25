"""A YAML file becomes plain values with their places; what is wrong with the text is told, never raised."""

import orjson
import pytest

from tidegate.configfile.yaml_places import Position, read_places


def codes(text: str) -> list[str]:
    return [flaw.code for flaw in read_places(text).flaws]


def test_values_keep_their_yaml_1_2_meaning() -> None:
    data = read_places("[1, 0x1F, 1.5, true, yes, ~, '5', on, 1_0, 010]").data
    assert data == [1, 31, 1.5, True, "yes", None, "5", "on", 10, 10]


def test_a_date_stays_the_text_that_was_written() -> None:
    assert read_places("pin: 2022-11-15").data == {"pin": "2022-11-15"}


def test_a_key_and_an_item_have_their_places() -> None:
    placed = read_places("a:\n  b: {c: 1}\n  d:\n    - x\n    - y\n")
    assert placed.position(("a", "b", "c")) == Position(2, 7)
    assert placed.position(("a", "d", 1)) == Position(5, 7)


def test_a_key_that_is_not_there_is_at_its_block() -> None:
    placed = read_places("# first\na:\n  b: 1\n")
    assert placed.position(("a", "missing", "deeper")) == placed.position(("a",)) == Position(2, 1)
    assert placed.position(("nothing",)) == Position(2, 1)


def test_a_syntax_error_has_its_place() -> None:
    (flaw,) = read_places("a: 1\n b: 2\n").flaws
    assert (flaw.code, flaw.position) == ("TG101", Position(2, 3))
    assert "not YAML" in flaw.message


def test_a_duplicate_key_has_its_place_and_that_of_the_first() -> None:
    (flaw,) = read_places("a: 1\nb: 2\na: 3\n").flaws
    assert (flaw.code, flaw.position, flaw.loc) == ("TG102", Position(3, 1), ("a",))
    assert "line 1" in flaw.message


def test_every_duplicate_is_told_and_the_first_value_stays() -> None:
    placed = read_places("a: {x: 1, x: 2}\nb: 2\nb: 3\n")
    assert [flaw.position for flaw in placed.flaws] == [Position(1, 11), Position(3, 1)]
    assert placed.data == {"a": {"x": 1}, "b": 2}


def test_a_merge_key_fills_in_what_is_not_written_here() -> None:
    placed = read_places("a: &a {x: 1, y: {z: 2}}\nb: &b\n  <<: *a\n  x: 3\nc: {<<: [{x: 4}, *b], n: 5}\n")
    assert placed.data == {
        "a": {"x": 1, "y": {"z": 2}},
        "b": {"x": 3, "y": {"z": 2}},
        "c": {"x": 4, "y": {"z": 2}, "n": 5},
    }
    assert (placed.position(("b", "x")), placed.position(("b", "y", "z"))) == (Position(4, 3), Position(1, 18))


@pytest.mark.parametrize("text", ["<<: 1", "<<: [{x: 1}, 2]", "a: &a {<<: *a}", "a: &a {x: {<<: *a}}"])
def test_a_merge_key_takes_mappings_and_has_an_end(text: str) -> None:
    assert set(codes(text)) == {"TG101"}


def test_odd_keys_are_refused() -> None:
    assert codes("? [1, 2]\n: 3\n") == ["TG101"]


def test_an_alias_is_its_value() -> None:
    assert read_places("a: &a {x: 1}\nb: *a\n").data == {"a": {"x": 1}, "b": {"x": 1}}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]),
        "[" * 3000,
        "a: \x00",
        "a: *nobody",
        "a: !!binary x y",
        "a: 1\n---\nb: 2\n",
        "a:\n\t- b",
        "%YAML 9",
        "a: {",
        "'",
    ],
)
def test_hostile_text_never_raises_and_stays_small(text: str) -> None:
    placed = read_places(text)
    assert len(placed.places) <= 60_000
    assert placed.flaws or placed.data


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param("36893488147419103232", "this number is larger than Tidegate reads", id="2 to the 65th"),
        pytest.param("-9223372036854775809", "this number is larger than Tidegate reads", id="below the 64 bits"),
        pytest.param("9" * 5000, "this number is larger than Tidegate reads", id="more digits than Python reads"),
        pytest.param("0x" + "f" * 5000, "this number is larger than Tidegate reads", id="in sixteens"),
        pytest.param(".inf", "this is no number that can be used here", id="infinity"),
        pytest.param("-.INF", "this is no number that can be used here", id="infinity below"),
        pytest.param(".nan", "this is no number that can be used here", id="no number"),
        pytest.param("1e999", "this is no number that can be used here", id="a float that becomes infinite"),
        pytest.param(r'"\ud800"', "this text has half a character (a lone surrogate); write the whole one", id="half"),
        pytest.param(r'"a\0b"', "this text has a NUL character, which no text here may have", id="NUL"),
        pytest.param("!!binary aGk=", "the tag !!binary is not read; write the value without it", id="binary"),
        pytest.param("!!set {x, y}", "the tag !!set is not read; write the value without it", id="a set"),
        pytest.param("!!omap [x: 1]", "the tag !!omap is not read; write the value without it", id="an ordered map"),
        pytest.param("!mine 3", "the tag !mine is not read; write the value without it", id="a tag of one's own"),
        pytest.param("!!map [1]", "the tag !!map is not read; write the value without it", id="a list said a map"),
    ],
)
def test_a_value_that_json_has_not_is_told_at_its_place(written: str, message: str) -> None:
    placed = read_places(f"a:\n  b: {written}\n  c: 1\n")
    assert [(flaw.code, flaw.position, flaw.loc, flaw.message) for flaw in placed.flaws] == [
        ("TG104", Position(2, 6), ("a", "b"), message)
    ]
    assert placed.data == {"a": {"b": None, "c": 1}}


def test_a_key_is_held_to_the_same() -> None:
    (flaw,) = read_places('a: 1\n"\\udfff": 2\n').flaws
    assert (flaw.code, flaw.position) == ("TG101", Position(2, 1))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("1.5", 1.5, id="a float"),
        pytest.param("1_000.5", 1000.5, id="a float with an underscore"),
        pytest.param("6.02e23", 6.02e23, id="a float with an exponent"),
        pytest.param("&here 5", 5, id="a number with an anchor"),
        pytest.param("&here true", True, id="a truth with an anchor"),
        pytest.param("0o17", 15, id="in eights"),
        pytest.param("9223372036854775807", 2**63 - 1, id="the largest"),
        pytest.param(r'"\ud83d\ude00"', "\U0001f600", id="two escapes that are one character"),
        pytest.param("!!timestamp 2022-11-15", "2022-11-15", id="a date with its tag"),
        pytest.param("!!int x", "x", id="a tag that its text belies"),
    ],
)
def test_what_is_read_is_a_plain_value_that_json_can_hold(written: str, value: object) -> None:
    placed = read_places(f"a: {written}")
    assert placed.flaws == []
    assert orjson.loads(orjson.dumps(placed.data)) == {"a": value}
    assert type(placed.data["a"]) is type(value)


def test_an_anchor_that_is_set_twice_is_no_mistake() -> None:
    assert read_places("a: &x 1\nb: &x 2\nc: *x\n").data == {"a": 1, "b": 2, "c": 2}


def test_nothing_is_nothing() -> None:
    assert read_places("").data is None
    assert read_places("# only a word\n").flaws == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: " + "[" * 5000 + "]" * 5000, id="brackets"),
        pytest.param('{"a": ' * 600 + "1" + "}" * 600, id="braces"),
        pytest.param("".join(" " * depth + "a:\n" for depth in range(500)), id="indents"),
        pytest.param("- " * 5000 + "a", id="dashes"),
    ],
)
def test_what_is_too_deep_is_told_in_our_words_and_not_read_for_seconds(text: str) -> None:
    assert [flaw.message for flaw in read_places(text).flaws] == [
        "the file is too large or too deep; use fewer aliases and blocks"
    ]


def test_brackets_within_a_text_open_nothing() -> None:
    assert read_places('a: "' + "[" * 300 + '"\n').data == {"a": "[" * 300}
