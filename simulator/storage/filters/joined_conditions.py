"""Conditions made of others: several at once, their opposite, one for the entries of a list."""

from dataclasses import dataclass

from tidegate.simulator.storage.list_conditions import ObjectCondition, value_at
from tidegate.values.json_value import Obj


class UnfollowedError(Exception):
    """What states a condition cannot be followed."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Several conditions, of which all must hold, or any."""

    parts: tuple[ObjectCondition, ...]
    needs_all: bool

    def passes(self, thing: Obj) -> bool:
        """True where an object is so."""
        return (all if self.needs_all else any)(part.passes(thing) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Negation:
    """A condition that must not hold."""

    part: ObjectCondition

    def passes(self, thing: Obj) -> bool:
        """True where an object is not so."""
        return not self.part.passes(thing)


@dataclass(frozen=True, slots=True)
class Presence:
    """A field that must have a value (RFC 7644 §3.4.2.2, `pr`)."""

    field: str

    def passes(self, thing: Obj) -> bool:
        """True where an object has one."""
        return value_at(thing, self.field) not in (None, "", [], {})


@dataclass(frozen=True, slots=True)
class EntryCondition:
    """A condition that one entry of a list in the object must meet."""

    field: str
    part: ObjectCondition

    def passes(self, thing: Obj) -> bool:
        """True where an object has such an entry."""
        held = value_at(thing, self.field)
        entries = held if isinstance(held, list) else [held]
        return any(self.part.passes(entry if isinstance(entry, dict) else {"": entry}) for entry in entries)
