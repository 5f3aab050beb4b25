"""Rules by which the parts of a value hang together: what a list contains, what follows from a field that is there.

They are compared as a whole, with all that they refer to. A rule that says nothing is none: `{}`, `true`, or a
`contains` that need not be met.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tidegate.contracts.drift.documents.schema_aspects import Level, SchemaChange
from tidegate.drift.change_kinds import RULES
from tidegate.openapi.schema_merge import CONDITIONS

SHOWN = ("dependentRequired",)
"""Rules that are short enough to be shown."""


def rule_changes(old: Level, new: Level, is_same: Callable[[Any, Any], bool]) -> Iterator[SchemaChange]:
    """The rules of a level that came, went or changed. `is_same` says whether two parts are, references and all."""
    for keyword, word in RULES.items():
        if keyword == "patternProperties":
            continue
        before, after = _rule(old, keyword), _rule(new, keyword)
        if before is None or after is None:
            if before is after:
                continue
        elif is_same(before, after):
            continue
        end = "added" if before is None else "removed" if after is None else "changed"
        yield SchemaChange(f"{word}-{end}", *((before, after) if keyword in SHOWN else ()))
    before, after = (level.get("patternProperties", {}) for level in (old, new))
    for pattern in sorted(before.keys() - after.keys()):
        yield SchemaChange("pattern-property-removed", pattern, None)
    for pattern in sorted(after.keys() - before.keys()):
        yield SchemaChange("pattern-property-added", None, pattern)


def _rule(level: Level, keyword: str) -> Any:
    """What a level says under a keyword, None where that is nothing."""
    said = level.get(CONDITIONS if keyword == "if" else keyword)
    if keyword == "contains" and level.get("minContains") == 0 and "maxContains" not in level:
        return None
    if keyword == "dependentRequired" and isinstance(said, Mapping):
        return {name: sorted(map(str, others)) for name, others in said.items() if others} or None
    return None if said is True or said in ({}, []) else said
