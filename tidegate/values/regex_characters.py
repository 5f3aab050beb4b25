"""Characters that a regular expression stands for: classes, escapes, Unicode's categories and scripts.

Of each kind a few, those that are easy to read first. It reads ECMA-262's syntax, and what Python and Rust have beside
it; it knows no groups and no counts.
"""

import re

from tidegate.openapi.patterns.ecma_patterns import of_halves

ANY = "abcdefghijklmnopqrstuvwxyz0123456789"
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))

CODES_MAX = 0x400
"""Of a range so many characters are taken."""

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = _LETTERS + _LETTERS.upper() + _DIGITS + "_"
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": " ", "D": _LETTERS, "W": "-", "S": _LETTERS + _DIGITS}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}

_PROPERTY = re.compile(r"([pP])\{(?:\w+=)?(\w+)\}")
_HALVES = re.compile("[\ud800-\udfff]")
_CODE = re.compile(r"u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|c([A-Za-z])")

_PROPERTIES = {
    "L": _LETTERS + _LETTERS.upper() + "éßñÅ",
    "Lu": _LETTERS.upper(),
    "Ll": _LETTERS,
    "Alphabetic": _LETTERS,
    "N": _DIGITS,
    "Nd": _DIGITS,
    "M": "\u0301\u0308",
    "P": ".,;:!?-",
    "Pd": "-",
    "Pc": "_",
    "Ps": "([{",
    "Pe": ")]}",
    "S": "+=<>",
    "Sc": "$€£",
    "Sm": "+=<>",
    "So": "©®°",
    "Z": " ",
    "Zs": " ",
    "Emoji": "😀🙂🎉🚀",
    "Latin": _LETTERS + "éßñ",
    "Greek": "αβγδεζηθικλμ",
    "Cyrillic": "абвгдежзиклм",
    "Han": "中文字日本語人名",
    "Hiragana": "あいうえおかきく",
    "Katakana": "アイウエオカキク",
    "Hangul": "가나다라마바사아",
    "Arabic": "ابتثجحخد",
    "Hebrew": "אבגדהוזח",
    "Thai": "กขคงจฉชซ",
    "Devanagari": "कखगघचछजझ",
}
"""Characters of the Unicode categories and scripts that patterns name (ECMA-262, UnicodePropertyValueExpression)."""

_LONG = {
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Uppercase": "Lu", "Lowercase": "Ll",
    "Number": "N", "Decimal_Number": "Nd", "Mark": "M", "Punctuation": "P", "Symbol": "S", "Currency_Symbol": "Sc",
    "Separator": "Z", "Space_Separator": "Zs", "White_Space": "Z", "Alpha": "Alphabetic", "Grek": "Greek",
    "Cyrl": "Cyrillic", "Latn": "Latin", "Hani": "Han", "Hira": "Hiragana", "Kana": "Katakana", "Hang": "Hangul",
    "Arab": "Arabic", "Hebr": "Hebrew", "Emoji_Presentation": "Emoji", "Extended_Pictographic": "Emoji",
}  # fmt: skip
"""Other names of these."""


class UnreadError(ValueError):
    """The pattern says something that is not read here."""


def whole(chars: str) -> str:
    """The characters. Raises UnreadError for halves of UTF-16's pairs: ECMA-262 has them, and no text that is sent."""
    if _HALVES.search(chars):
        raise UnreadError(chars)
    return chars


def in_brackets(text: str, place: int) -> tuple[str, int]:
    """The characters of a class in brackets, which opens before `place`, and where the pattern goes on."""
    negated = text[place] == "^"
    place += negated
    chars, first, full = "", True, ""
    while first or text[place] != "]":
        first, is_class = False, text[place] == "\\" and text[place + 1] in "dDwWsSpP"
        low, start = text[place], place
        place += 1
        if low == "\\":
            low, place = escaped(text, place)
        if text[place] == "-" and text[place + 1] != "]" and len(low) == 1 and not is_class:
            high, place = escaped(text, place + 2) if text[place + 1] == "\\" else (text[place + 1], place + 2)
            if len(high) == 1:
                low = "".join(map(chr, range(ord(low), min(ord(high), ord(low) + CODES_MAX) + 1)))
            else:  # a hyphen before a class stands for itself (ECMA-262, B.1.2)
                low += "-" + high
        chars += low
        full += _all_of(text[start + 1]) or low if is_class else low
    if negated:
        chars = "".join(char for char in ANY + PRINTABLE if char not in full)
    if not chars:
        raise UnreadError(text)
    return chars, place + 1


def _all_of(mark: str) -> str:
    """Every printable character of a class: what a negated class leaves out."""
    if mark in "DWS":
        inside = _CLASSES[mark.lower()]
        return "".join(char for char in PRINTABLE if char not in inside)
    return _CLASSES.get(mark, "")


def escaped(text: str, place: int) -> tuple[str, int]:
    """The characters that an escape stands for, which `place` is inside of, and where the pattern goes on."""
    mark = text[place]
    if pair := of_halves(text, place):
        return chr(pair[0]), pair[1]
    if code := _CODE.match(text, place):
        if code[5]:
            return chr(ord(code[5]) % 32), code.end()
        return chr(int(code[1] or code[2] or code[3] or code[4], 16)), code.end()
    if named := _PROPERTY.match(text, place):
        chars = _PROPERTIES.get(_LONG.get(named[2], named[2]))
        if chars is None:
            raise UnreadError(text)
        return chars if named[1] == "p" else "".join(char for char in PRINTABLE if char not in chars), named.end()
    if mark in "pPkux123456789":
        raise UnreadError(text)
    return _CLASSES.get(mark) or _CONTROLS.get(mark) or mark, place + 1
