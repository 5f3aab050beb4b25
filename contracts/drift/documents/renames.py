"""Properties that seem to have another name: gone under the one, new under the other, with the same schema.

A guess, and told as one: whoever uses the old name is broken in any case.
"""

import difflib
from collections.abc import Mapping
from typing import Any

LIKE = 0.6
"""Two names are as alike as this, of 1, or one begins or ends as the other."""
COMPARED_MAX = 50
"""So many of one level are compared with so many."""

_WORDS = frozenset({"title", "description", "example", "examples"})


def renames(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """The former name of each property that seems to be renamed, and the name that it has now."""
    gone = [name for name in old if name not in new][:COMPARED_MAX]
    come = [name for name in new if name not in old][:COMPARED_MAX]
    found: dict[str, str] = {}
    for name in gone:
        like = [(likeness(name, other), other) for other in come if other not in found.values()]
        for score, other in sorted(like, key=lambda entry: -entry[0]):
            if score >= LIKE and _bare(old[name]) == _bare(new[other]):
                found[name] = other
                break
    return found


def likeness(one: str, other: str) -> float:
    """The likeness of two names, from 0 to 1; case and hyphens are no difference."""
    first, second = (name.lower().replace("_", "").replace("-", "") for name in (one, other))
    if first == second:
        return 1.0
    if min(len(first), len(second)) >= 3 and (first.startswith(second) or second.startswith(first)
                                              or first.endswith(second) or second.endswith(first)):  # fmt: skip
        return 0.9
    return difflib.SequenceMatcher(None, first, second).ratio()


def _bare(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    return {key: value for key, value in schema.items() if key not in _WORDS}
