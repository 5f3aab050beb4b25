"""Personal data that is known by its form: numbers of cards and accounts, addresses of mail, numbers of telephones.

A pattern only offers a place; a checksum says whether it is one, where there is one. So a call's id or a time in
milliseconds is not taken for a card. A telephone number has no checksum, and is looked for only where that is declared.
"""

import re
from collections.abc import Callable, Iterable
from typing import Literal

from tidegate.redaction.secret import REDACTED

PatternName = Literal["card", "iban", "email", "phone"]

USUAL: tuple[PatternName, ...] = ("card", "iban", "email")
"""Those that are looked for where nothing else is said."""

IBAN_CHARS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24,
    "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IS": 26, "IT": 27, "KW": 30, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "TR": 26, "UA": 29,
}  # fmt: skip
"""The length of an IBAN by country (SWIFT's IBAN registry)."""

_DIGITS = re.compile(r"(?<![\w.])(?<!\w-)[0-9](?:[ -]?[0-9]){11,63}(?!\w|-\w)")
"""Groups of digits, among which a card's number may stand beside its date or its code. Those of a UUID are none."""

_GROUP = re.compile("[0-9]+")

_ISSUED: tuple[tuple[range, int, range], ...] = (
    (range(2221, 2721), 4, range(16, 17)),
    (range(300, 306), 3, range(14, 20)), (range(34, 35), 2, range(15, 16)), (range(35, 36), 2, range(16, 20)),
    (range(36, 37), 2, range(14, 20)), (range(37, 38), 2, range(15, 16)), (range(38, 40), 2, range(14, 20)),
    (range(4, 5), 1, range(13, 20, 3)),
    (range(50, 51), 2, range(12, 20)), (range(51, 56), 2, range(16, 17)), (range(56, 60), 2, range(12, 20)),
    (range(60, 63), 2, range(16, 20)), (range(63, 64), 2, range(12, 20)), (range(64, 67), 2, range(16, 20)),
    (range(67, 68), 2, range(12, 20)),
)  # fmt: skip
"""The numbers that card networks issue: first digits, how many of them, and the digits in all. So times, dates and most
ids are none, of which one in ten has a right check digit."""

_IBAN = re.compile(
    r"(?i)(?<![0-9A-Z])(?:" + "|".join(f"{at}[0-9]{{2}}(?: ?[0-9A-Z]){{{n - 4}}}" for at, n in IBAN_CHARS.items())
    + ")(?![0-9A-Z])"
)  # fmt: skip

_EMAIL = re.compile(
    r"(?<![\w.%+-])[A-Za-z0-9][\w.!#$%&'*+/=?^`{|}~-]{0,63}(?:@|%40)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)"
    r"{1,8}[A-Za-z]{2,63}(?![A-Za-z0-9-])"
)
"""RFC 5321 §4.1.2, without quoted local parts; the sign may be URL-encoded."""

_PHONE = re.compile(r"(?<![0-9A-Za-z.])(?:\+|00)[1-9](?:[ ()./-]{0,2}[0-9]){6,14}(?![0-9A-Za-z])")
"""E.164: at most 15 digits behind the sign of an international number."""


def is_card(text: str) -> bool:
    """True where the digits begin as a card network's do, and their check digit is right (Luhn, ISO/IEC 7812-1).

    Where they stand in groups, these are set apart in one way.
    """
    digits = [int(char) for char in text if char.isdigit()]
    if (" " in text and "-" in text) or len(digits) not in range(12, 20) or len(set(digits)) == 1:
        return False
    plain = "".join(map(str, digits))
    if not any(int(plain[:count]) in first and len(plain) in lengths for first, count, lengths in _ISSUED):
        return False
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """True where the length is the country's and the check digits are right (ISO 13616, mod 97)."""
    plain = text.replace(" ", "").upper()
    if IBAN_CHARS.get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _without_cards(found: "re.Match[str]") -> str:
    """Groups of digits, those left out that make the number of a card together."""
    text, shown, begin = found[0], "", 0
    groups = [group.span() for group in _GROUP.finditer(text)]
    for first, (start, _) in enumerate(groups):
        if start < begin:
            continue
        end = next((end for _, end in reversed(groups[first : first + 19]) if is_card(text[start:end])), None)
        if end is not None:
            shown += text[begin:start] + REDACTED
            begin = end
    return shown + text[begin:]


def _without_accounts(found: "re.Match[str]") -> str:
    return REDACTED if is_iban(found[0]) else found[0]


_PATTERNS: dict[PatternName, tuple["re.Pattern[str]", Callable[["re.Match[str]"], str] | str]] = {
    "card": (_DIGITS, _without_cards),
    "iban": (_IBAN, _without_accounts),
    "email": (_EMAIL, REDACTED),
    "phone": (_PHONE, REDACTED),
}


class Patterns:
    """The patterns of these names, put together."""

    def __init__(self, names: Iterable[PatternName] = USUAL) -> None:
        self._each = tuple(_PATTERNS[name] for name in dict.fromkeys(names))

    def hidden(self, text: str) -> str:
        """The text with all that is found replaced."""
        for pattern, shown in self._each:
            text = pattern.sub(shown, text)
        return text
