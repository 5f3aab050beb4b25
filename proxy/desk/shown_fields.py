"""The members of a body that may be shown where a vendor file lists them: `redact.fields`, JSON Pointers with `*`.

What is listed is shown with all that stands below it; every other value is hidden, wherever it stands.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from tidegate.json_pointer import steps_of
from tidegate.redaction.secret import REDACTED

_ANY = "*"


class ShownFields:
    """See the module. `pointers` are those of the vendor file."""

    def __init__(self, pointers: Iterable[str]) -> None:
        self._whole: dict[str, Any] = {}
        self._all = False
        for pointer in pointers:
            steps = steps_of(pointer)
            self._all = self._all or not steps
            below = self._whole
            for step in steps[:-1]:
                below = below.setdefault(step, {})
            if steps:
                below[steps[-1]] = {"": True}

    def of(self, document: Any) -> Any:
        """The document with every value hidden that is not listed. Its lists and objects are changed."""
        return document if self._all else _shown(document, [self._whole])

    def shows(self, steps: Sequence[str]) -> bool:
        """True where the member that these steps lead to may be shown."""
        levels = [self._whole]
        for step in steps:
            levels = _next(levels, step)
            if any("" in level for level in levels):
                return True
        return self._all


def _next(levels: list[dict[str, Any]], step: str) -> list[dict[str, Any]]:
    return [level[name] for level in levels for name in {step, _ANY} if name in level and name]


def _shown(part: Any, levels: list[dict[str, Any]]) -> Any:
    if not isinstance(part, dict | list):
        return REDACTED
    members = [*(part.items() if isinstance(part, dict) else enumerate(part))]
    for name, value in members:
        below = _next(levels, str(name))
        if any("" in level for level in below):
            continue
        part[name] = _shown(value, below) if below else REDACTED
    return part
