"""The shape of one segment of a path: a word, an id, or something that may be either. Pure.

    id       can be nothing else: a UUID, a hash, a prefixed id (`cus_NffrFeUfNV2Hib`), an e-mail address
    soft     an id in one place and a version in another: digits, a date (`2010-04-01`, `2026-07`)
    word     a name that somebody wrote: `customers`, `chat.postMessage`, `octocat`

A file's extension (`.json`) and an action behind a colon (`:cancel`) stand apart from what they are about.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

SEGMENT_CHARS_MAX = 256
"""A longer segment is an id, whatever stands in it."""
OPAQUE_CHARS = 40
"""Nobody names a resource with so many characters."""

ShapeKind = Literal["word", "soft", "id"]


@dataclass(frozen=True, slots=True)
class SegmentShape:
    """`ending` is what follows the id: `.json`, `:cancel`, or nothing. `kind_of_id` is what a document calls it."""

    kind: ShapeKind
    ending: str = ""
    kind_of_id: str = ""


WORD = SegmentShape("word")

_ENDING = re.compile(r"^(.+?)(\.(?:json|xml|csv|pdf|txt|html|ya?ml|png|jpe?g|js)|:[A-Za-z][A-Za-z_]{1,40})$")
_VERSION = re.compile(r"v\d+(?:[._]\d+)*(?:(?:alpha|beta|rc|p)\d*(?:[._]\d+)?)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2}(?:[T ][0-9:.+Z-]*)?)?|\d{8}T\d{6}Z?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+){0,3}|\d+(?:,\d+)+")
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{7,}|(?=.*\d)(?=.*[A-F])[0-9A-F]{7,}")
_PREFIXED = re.compile(r"(?:[A-Za-z]{1,12}[_-]){1,2}(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{8,}")
_PREFIXED_MIXED = re.compile(r"(?:[a-z]{1,12}_){1,2}(?=[A-Za-z]*[A-Z])(?=[A-Za-z]*[a-z])[A-Za-z]{12,}")
_SID = re.compile(r"[A-Z]{1,3}(?=[0-9A-Fa-f]*\d)[0-9a-fA-F]{12,}|(?=.*\d)[A-Z][A-Z0-9]{7,}")
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_-]{11,}|(?=(?:.*\d){3})(?=.*[a-z])[a-z0-9]{16,}")
_ULID = re.compile(r"(?=.*\d)[0-9A-HJKMNP-TV-Z]{26}")
_ISSUE = re.compile(r"[A-Z][A-Z0-9]{1,9}-\d+")
_SLUGGED = re.compile(r"\d+-[A-Za-z][A-Za-z0-9-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+\d{7,15}")
_NAMED = re.compile(r"[A-Za-z]{1,24}(?:[._-][A-Za-z]{1,24}){1,9}")
"""Words that somebody joined, however many: `admin.conversations.restrictAccess.removeGroup`."""
_CODED = re.compile(r"(?=.*\d)[A-Za-z0-9+/_-]{16,}={1,2}")
_RANGE = re.compile(r".+\.\.\.?.+")
"""Two of something: `main...feature`."""
_PARAMETERS = re.compile(r"[^;]*(?:;[^;=]*=[^;]*)+")
"""With parameters of its own (RFC 3986 §3.3), as `page;jsessionid=…` has a session's id."""

_IDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("uuid", _UUID), ("email", _EMAIL), ("phone", _PHONE), ("key", _ISSUE), ("prefixed", _PREFIXED),
    ("prefixed", _PREFIXED_MIXED), ("hash", _HEX), ("sid", _SID), ("ulid", _ULID), ("slug", _SLUGGED),
    ("mixed", _MIXED), ("coded", _CODED), ("range", _RANGE), ("parameters", _PARAMETERS),
)  # fmt: skip


def shape_of(segment: str) -> SegmentShape:
    """The shape of a segment as it stands in a path."""
    if len(segment) > SEGMENT_CHARS_MAX:
        return SegmentShape("id", "", "opaque")
    text = unquote(segment)
    whole = _shape(text)
    if whole.kind != "word":
        return whole
    parted = _ENDING.fullmatch(text)
    if parted is None:
        return whole
    inner = _shape(parted[1])
    return WORD if inner.kind == "word" else SegmentShape(inner.kind, parted[2], inner.kind_of_id)


def _shape(text: str) -> SegmentShape:
    if _VERSION.fullmatch(text):
        return WORD
    if _DATE.fullmatch(text):
        return SegmentShape("soft", "", "date")
    if _NUMBER.fullmatch(text):
        return SegmentShape("soft", "", "number")
    for name, pattern in _IDS:
        if pattern.fullmatch(text):
            return SegmentShape("id", "", name)
    named = _NAMED.fullmatch(text) is not None
    return WORD if named or len(text) <= OPAQUE_CHARS else SegmentShape("id", "", "opaque")


def names_many(word: str) -> bool:
    """Whether ids may be expected behind a word: `users`, and `following` and `starred` too."""
    return is_collection(word) or (len(word) > 5 and word.lower().endswith(("ing", "ed", "by")))


def is_collection(word: str) -> bool:
    """Whether a word names many: the plural of English, as vendors write it."""
    lower = word.lower()
    return len(lower) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "is"))
