"""Any text of a document is read back from YAML as what it was."""

import pytest
from ruamel.yaml import YAML

from tidegate.scaffold.yaml_text import comment, text, written


@pytest.mark.parametrize(
    "value",
    ["a", "yes", "No", "1e3", "a: b", "# c", "é", 'q"q', "back\\slash", "", " x ", "{a}", "GET /x/{id}", "*", "~"],
)
def test_a_text_is_read_back(value: str) -> None:
    read = YAML(typ="safe").load(f"a: {text(value)}\nb: {written({'k': [value, 1, True, None]})}\n")
    assert read == {"a": value, "b": {"k": [value, 1, True, None]}}


def test_what_cannot_be_printed_becomes_a_blank() -> None:
    assert text("a\n\u2028b\x00") == '"a  b "'


def test_a_comment_is_one_bounded_line() -> None:
    assert comment("a\nb  c") == "a b c"
    assert len(comment("x" * 500)) == 98
