"""Tests of tidegate.configfile.one_line."""

from pydantic import TypeAdapter

from tidegate.configfile.one_line import OneLine


def test_a_text_over_lines_is_one_sentence() -> None:
    assert TypeAdapter(OneLine).validate_python("Takes payments,\n  and refunds.\n") == "Takes payments, and refunds."
    assert TypeAdapter(OneLine).validate_python(" \n") == ""
