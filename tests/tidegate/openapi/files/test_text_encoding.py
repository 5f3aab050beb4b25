"""A text is known by its first bytes, with a mark or without one."""

import codecs

import pytest

from tidegate.openapi.files.text_encoding import as_utf8

TEXT = "openapi: é😀"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("marked", [True, False])
def test_each_encoding_becomes_utf8(encoding: str, marked: bool) -> None:
    mark = "\ufeff" if marked else ""
    assert as_utf8((mark + TEXT).encode(encoding)).decode() == TEXT


def test_what_is_no_text_of_its_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="UTF-16-LE"):
        as_utf8(codecs.BOM_UTF16_LE + b"a\x00b")
    assert as_utf8(b"\xff\x41") == b"\xff\x41"
    assert as_utf8(b"") == b""
