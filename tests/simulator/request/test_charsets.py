"""A text is read in the charset that is named, where that is one of letters."""

import pytest

from tidegate.simulator.request.charsets import charset_of, decoded


@pytest.mark.parametrize(
    ("media", "charset"),
    [
        ("text/plain", "utf-8"),
        ("text/plain; charset=utf-8", "utf-8"),
        ("text/plain; charset=us-ascii", "utf-8"),
        ('text/csv; header=present; Charset="Windows-1252"', "cp1252"),
        ("text/plain;charset=ISO-8859-1", "iso-8859-1"),
        ("text/plain; charset=utf-16le", "utf-16le"),
        ("text/plain; charset=idna", "utf-8"),
        ("text/plain; charset=unicode_escape", "utf-8"),
        ("text/plain; charset=base64", "utf-8"),
        ("text/plain; mycharset=latin1", "utf-8"),
    ],
)
def test_a_charset_is_that_of_the_media_type(media: str, charset: str) -> None:
    assert charset_of(media) == charset


def test_a_text_is_read_in_it() -> None:
    assert decoded(b"caf\xe9", "iso-8859-1") == "café"
    assert decoded("café".encode("utf-16"), "utf-16") == "café"
    assert decoded("é".encode(), "iso-8859-99") == "é"
    with pytest.raises(UnicodeDecodeError):
        decoded(b"\xe9", "utf-8")
