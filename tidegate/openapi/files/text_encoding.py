"""The encoding of a file, and the same text in UTF-8.

A byte order mark tells it, or the zero bytes around the first character, which is one of ASCII (YAML 1.2 §5.2, RFC 4627
§3). Some editors and shells of Windows write UTF-16.
"""

import codecs

_MARKS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF8, "utf-8"),
)
_ZEROS = (
    ((True, True, True, False), "utf-32-be"),
    ((False, True, True, True), "utf-32-le"),
    ((True, False), "utf-16-be"),
    ((False, True), "utf-16-le"),
)
"""Where the first bytes are zero."""


def as_utf8(raw: bytes) -> bytes:
    """The text in UTF-8, without its mark. Raises ValueError where it is not in the encoding that it seems to be in."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _encoded(raw[len(mark) :], encoding)
    for zeros, encoding in _ZEROS:
        if len(raw) >= len(zeros) and tuple(byte == 0 for byte in raw[: len(zeros)]) == zeros:
            return _encoded(raw, encoding)
    return raw


def _encoded(raw: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return raw
    try:
        return raw.decode(encoding).encode()
    except UnicodeError:
        raise ValueError(f"it is not the {encoding.upper()} that its first bytes say") from None
