"""The text of a request, in the charset that its media type names (RFC 9110 §8.3.2): UTF-8 where it names none.

Only what writes letters is taken; any other name that Python knows, and one that nobody knows, is read as UTF-8.
"""

import re

_NAMED = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE | re.ASCII)
_TAKEN = re.compile(
    r"utf-?(?:16|32)(?:-?[lb]e)?|iso-?8859-?\d{1,2}|latin-?1|(?:windows|cp)-?125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)"
    r"|gb(?:k|2312|18030)|big5",
    re.IGNORECASE,
)


def charset_of(media: str) -> str:
    """The charset that a Content-Type names, where it is one of those that are taken; else UTF-8."""
    named = _NAMED.search(media)
    return taken(named[1]) if named else "utf-8"


def taken(name: str) -> str:
    """A charset's name as Python has it, UTF-8 for one that is not taken."""
    return name.lower().replace("windows-", "cp") if _TAKEN.fullmatch(name) else "utf-8"


def decoded(content: bytes, charset: str) -> str:
    """The text. Raises UnicodeDecodeError."""
    try:
        return content.decode(charset)
    except LookupError:  # a name of this kind that there is not
        return content.decode()
