"""A rule of the vendor file: its code, what holds where it is kept, and the function that finds where it is broken.

A rule about a block of the policy, or about the plan values of a block, stands in the block's file (tidegate.policy).
One that needs facts, several operations or the document stands in tidegate.check.rules.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tidegate.configfile.finding import Severity
from tidegate.configfile.yaml_places import Loc

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where a rule is broken.

    `loc` is the key of a block, the name of a plan value, or a path in the file: as the rule looks at one or the other.
    `rests_on` are other places that the judgement depends on: where one of them is unreadable, nothing is said.
    """

    loc: Loc
    message: str
    rests_on: tuple[Loc, ...] = ()


@dataclass(frozen=True, slots=True)
class Omission:
    """A key that operations lack. Nothing is said where an entry of `operations` has it in an unreadable form."""

    key: str
    message: str


Reported = TypeVar("Reported", bound=Breach | Omission)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Several rules of one code are parts of one promise."""

    code: str
    holds: str
    """What holds where the code is not reported."""
    subject: type[Any]
    """The type that it looks at: a block of the vendor file, the plan values of a block of the policy, or a vendor file
    with all its plans (tidegate.check.judged_vendor)."""
    judge: Callable[[Any], Iterator[Breach | Omission]] = field(repr=False)
    severity: Severity = "error"


RULES: list[Rule] = []
"""Every rule whose module was imported."""


def rule(
    code: str, holds: str, subject: type[Subject], severity: Severity = "error"
) -> Callable[[Callable[[Subject], Iterator[Reported]]], Callable[[Subject], Iterator[Reported]]]:
    """Register the decorated function as a rule about `subject`."""

    def register(judge: Callable[[Subject], Iterator[Reported]]) -> Callable[[Subject], Iterator[Reported]]:
        RULES.append(Rule(code, holds, subject, judge, severity))
        return judge

    return register
