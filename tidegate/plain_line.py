"""Text that others wrote, as a terminal or a CI log may have it: in one line, with nothing in it that steers.

A line that begins in the middle of a name is a command to GitHub's runner (`::error …`), an escape sequence moves the
cursor (CWE-150), and a mark of direction turns the letters around (CWE-1007). It knows nothing of who wrote what.
"""


def plain(value: object) -> str:
    """A value in one line, every character that could steer a terminal escaped."""
    text = str(value)
    return text if text.isprintable() else "".join(map(_shown, text))


def plain_json(text: str) -> str:
    """A document of JSON in as many lines as it has, the same characters escaped as JSON escapes them."""
    return text if text.isascii() else "".join(each if each == "\n" else _escaped(each) for each in text)


def _shown(each: str) -> str:
    return each if each.isprintable() else repr(each)[1:-1]


def _escaped(each: str) -> str:
    if each.isprintable():
        return each
    units = each.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
