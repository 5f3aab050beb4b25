"""The values of an operation's plan in words, for people: `tidegate explain` and the console show the same."""

from dataclasses import fields

from tidegate.configfile.block import Block
from tidegate.configfile.units import written_duration
from tidegate.plan.bounds import written_bound
from tidegate.plan.plan import IDENTITY, OperationPlan
from tidegate.policy.plan_values import sources_of

_SOURCES = sources_of(OperationPlan)


def value_names() -> list[str]:
    """The fields of a plan that are explained."""
    return [field.name for field in fields(OperationPlan) if field.name not in IDENTITY]


def written_value(name: str, value: object) -> str:
    """A value of a plan, as one would say it: `12s`, `10%`, `100/s, burst 20`."""
    source = _SOURCES.get(name)
    if source is not None and source.words is not None:
        return source.words(value)
    if name.endswith("_s") and isinstance(value, float | int):
        return written_duration(float(value))
    if isinstance(value, tuple):
        return ", ".join(item if isinstance(item, str) else written_bound(item) for item in value) or "none"
    if isinstance(value, Block):
        keys = value.model_dump(mode="json", exclude_unset=True)
        return "; ".join(f"{field} {_worded(item)}" for field, item in keys.items()) or "defaults"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _worded(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
