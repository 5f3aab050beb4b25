"""Personal data that is known by its form: numbers of cards and accounts, addresses of mail, numbers of telephones.

A pattern only offers a place; a checksum says whether it is one, where there is one. So a call's id or a time in
milliseconds is not taken for a card. A telephone number has no checksum, and is looked for only where that is declared.
"""

import re
from collections.abc import Callable, Collection, Iterable
from itertools import accumulate
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

GAPS = " \u00a0\u2009\u202f-\u2010\u2011"
"""What sets groups apart, as people and typesetters write them: spaces and hyphens, those that do not break too."""
_GAP = f"[{re.escape(GAPS)}]?"

_DIGITS = re.compile(rf"(?<![\w.])(?<!\w-)[0-9](?:{_GAP}[0-9]){{11,63}}(?!\w|-\w)")
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
_LENGTHS = {str(number): frozenset(lengths) for first, _, lengths in _ISSUED for number in first}
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

_IBAN = re.compile(
    r"(?i)(?<![0-9A-Z])(?:" + "|".join(f"{at}[0-9]{{2}}(?:{_GAP}[0-9A-Z]){{{n - 4}}}" for at, n in IBAN_CHARS.items())
    + ")(?![0-9A-Z])"
)  # fmt: skip

_EMAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+-][\w.!#$%&'*+/=?^`{|}~-]{0,253}(?:@|%40)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}"
    r"(?:xn--[A-Za-z0-9-]{1,59}|[^\W\d_]{2,63})(?![\w-])"
)
"""RFC 5321 §4.1.2 and RFC 6531 §3.3, without quoted local parts; the sign may be URL-encoded, as what stands before."""

_PHONE = re.compile(r"(?<![0-9A-Za-z.])(?:\+|00)[1-9](?:[ ()./-]{0,2}[0-9]){6,14}(?![0-9A-Za-z])")
"""E.164: at most 15 digits behind the sign of an international number."""


def _lengths(digits: str) -> Collection[int]:
    """How many digits a card's number has that begins so; none where no network's does."""
    return next((_LENGTHS[digits[:count]] for count in range(1, 5) if digits[:count] in _LENGTHS), ())


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """For a number that ends before an even place, and before an odd one: the sums of Luhn's digits up to each place.

    So the sum of each number in a long row of digits is a difference.
    """
    values = [*map(int, digits)]
    odd, even = (
        [_DOUBLED[value] if place % 2 == doubled else value for place, value in enumerate(values)] for doubled in (1, 0)
    )
    return [0, *accumulate(even)], [0, *accumulate(odd)]


def is_card(text: str) -> bool:
    """True where the digits begin as a card network's do, and their check digit is right (Luhn, ISO/IEC 7812-1).

    Where they stand in groups, these are set apart in one way.
    """
    digits = "".join(filter(str.isdigit, text))
    if len(set(text) & set(GAPS)) > 1 or len(digits) not in _lengths(digits) or len(set(digits)) == 1:
        return False
    return _luhn_sums(digits)[len(digits) % 2][-1] % 10 == 0


def is_iban(text: str) -> bool:
    """True where the length is the country's and the check digits are right (ISO 13616, mod 97)."""
    plain = "".join(each for each in text if each not in GAPS).upper()
    if IBAN_CHARS.get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _without_cards(found: "re.Match[str]") -> str:
    """Groups of digits, those left out that make the number of a card together."""
    text, shown, begin = found[0], "", 0
    groups = [group.span() for group in _GROUP.finditer(text)]
    digits = "".join(text[start:end] for start, end in groups)
    ends = [*accumulate(end - start for start, end in groups)]
    sums = _luhn_sums(digits)
    for first, (start, after) in enumerate(groups):
        at = ends[first] - (after - start)
        lengths = _lengths(digits[at : at + 4]) if start >= begin else ()
        for last in range(min(first + 18, len(groups) - 1), first - 1, -1) if lengths else ():
            to, end = ends[last], groups[last][1]
            right = to - at in lengths and (sums[to % 2][to] - sums[to % 2][at]) % 10 == 0
            if right and is_card(text[start:end]):
                shown += text[begin:start] + REDACTED
                begin = end
                break
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
