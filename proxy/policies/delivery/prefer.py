"""The `Prefer` header (RFC 7240): whether an app wants its write to be answered at once, and how long it would wait.

A preference is a wish: whatever cannot be read is none, and nothing is refused for it. It knows nothing of what is done
with it.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

PREFER_CHARS_MAX = 1000
"""A longer header says nothing."""
WAIT_MAX_S = 3600.0

_PREFERENCE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
"""One preference with its parameters: what stands between two commas, those in quotes aside (RFC 7240 §2)."""


class Preference(NamedTuple):
    """What an app prefers. `wait_s` is None where it named no time; `others` are its other preferences, as sent."""

    respond_async: bool
    wait_s: float | None
    others: str


NO_PREFERENCE = Preference(respond_async=False, wait_s=None, others="")


def preference_of(lines: Iterable[str]) -> Preference:
    """The preference in the header lines of this name, taken as one list. The first of a name counts (§2)."""
    value = ", ".join(lines)
    if not value or len(value) > PREFER_CHARS_MAX:
        return Preference(respond_async=False, wait_s=None, others=value[:PREFER_CHARS_MAX])
    asynchronous, wait_s, others = False, None, []
    for found in _PREFERENCE.finditer(value):
        preference = found[0].strip()
        name, _, rest = preference.partition("=")
        name = name.partition(";")[0].strip().lower()
        if name == "respond-async":
            asynchronous = True
        elif name == "wait":
            if wait_s is None:
                wait_s = _seconds(rest.partition(";")[0].strip().strip('"'))
        elif preference:
            others.append(preference)
    return Preference(asynchronous, wait_s, ", ".join(others))


def _seconds(text: str) -> float | None:
    """§4.3: delta-seconds, of which one that is too large is as large as can be (RFC 9111 §1.2.2)."""
    return min(float(text), WAIT_MAX_S) if text.isascii() and text.isdigit() else None
