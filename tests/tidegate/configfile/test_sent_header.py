"""Tests of tidegate.configfile.sent_header."""

import pytest
from pydantic import TypeAdapter, ValidationError

from tidegate.configfile.sent_header import HeaderText, SentHeaderName


@pytest.mark.parametrize(
    "name", ["Content-Length", "transfer-encoding", "HOST", "Connection", "Tidegate-Call", "a b", ""]
)
def test_what_a_message_is_framed_and_sent_by_is_no_name_for_a_header_of_ours(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(SentHeaderName).validate_python(name)
    assert TypeAdapter(SentHeaderName).validate_python("Authorization") == "Authorization"


@pytest.mark.parametrize("text", ["2026-01-01\n", "a\r\nX: y", " a", "a\t", "\u00e4", "a\x7f"])
def test_a_text_that_stands_in_a_header_is_one_line_of_ascii(text: str) -> None:
    with pytest.raises(ValidationError, match="this goes into a header"):
        TypeAdapter(HeaderText).validate_python(text)
    assert [TypeAdapter(HeaderText).validate_python(good) for good in ("", "a b", "2026-01-01")]
