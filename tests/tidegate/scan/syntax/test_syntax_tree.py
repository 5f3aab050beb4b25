"""Trees of three languages, walked within bounds."""

import sys

import pytest

from tidegate.scan.syntax.syntax_tree import SyntaxMissing, arguments, field_text, parse_syntax, place, unquoted, walk


def test_a_call_has_place_function_and_arguments() -> None:
    root = parse_syntax("\n  f('a', /* c */ `b`);", "typescript")
    [call] = [node for node in walk(root) if node.kind() == "call_expression"]
    assert place(call) == (2, 3)
    assert field_text(call, "function") == "f"
    assert field_text(call, "nothing") == ""
    assert [unquoted(one) for one in arguments(call)] == ["a", "b"]


def test_a_walk_stops_below_functions() -> None:
    root = parse_syntax("f(() => { g(); });", "javascript")
    kinds = [node.text() for node in walk(root, frozenset({"arrow_function"})) if node.kind() == "call_expression"]
    assert len(kinds) == 1


def test_what_is_unsound_is_read_as_far_as_it_goes() -> None:
    root = parse_syntax("function ( { fetch(u)", "javascript")
    assert any(node.text() == "fetch" for node in walk(root))


def test_without_the_library_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ast_grep_py", None)
    with pytest.raises(SyntaxMissing):
        parse_syntax("", "go")
