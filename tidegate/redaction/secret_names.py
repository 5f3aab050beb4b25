"""Fields of bodies, and headers, whose names sound like a secret. Knows no value of one, and no sink."""

import re

from tidegate.redaction.redactor import QUERY_HIDDEN
from tidegate.redaction.secret import REDACTED

FIELD_HIDDEN = re.compile(
    r"""(?ix) ( " [^"]{0,100} (?: token | secret | password | passwd | api[-_.]?key | access[-_.]?key | signature
      | credential | authorization | private[-_.]?key | \bcvc\b | \bcvv\b | card[-_.]?number | \biban\b ) [^"]{0,100} "
      \s{0,10} : \s{0,10} ) (?: "(?:[^"\\]|\\.){1,8192}"? | [0-9]{1,64} )"""
)
"""A field of JSON whose name sounds like a secret, and its value."""


def sounds_secret(name: str) -> bool:
    """True where a field of this name is hidden."""
    return QUERY_HIDDEN.match(f"&{name}=x") is not None


def hidden_fields(text: str) -> str:
    """A body without the values of the fields, of JSON or of a form, that sound like a secret."""
    if text.lstrip()[:1] in {"{", "["}:
        return FIELD_HIDDEN.sub(rf'\1"{REDACTED}"', text)
    return QUERY_HIDDEN.sub(rf"\1{REDACTED}", f"&{text}")[1:]
