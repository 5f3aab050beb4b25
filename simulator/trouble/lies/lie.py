"""`lie`: the documentation is wrong, and was from the first day on. The fault, and each thing that it may be about.

A lie about limits is told where limits are enforced, the others in the answer. Some are drift that began before anybody
looked.
"""

import math
from dataclasses import replace
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from tidegate.configfile.units import Share
from tidegate.simulator.answer.answer import Answer, http_date
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.choice import Choice
from tidegate.simulator.trouble.drift.answer_changes import LIMIT_HEADERS
from tidegate.simulator.trouble.drift.drift import Drift
from tidegate.simulator.trouble.fault_scope import AnswerScope, Changed, FaultTarget
from tidegate.simulator.trouble.vendor_fault import Part


class LieSubject(Choice):
    """A subject of lies. A subclass that has a `name` is one."""

    of_limits: ClassVar[bool] = False
    """It hits what is granted, not the answer."""

    def tell(self, lie: "Lie", answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer with the lie in it, and where; None where there is nothing to lie about."""
        del lie, answer, scope
        return None


class Lie(RequestFault):
    """The documentation is wrong, and was from the first day on.

    `factor` is the share that is true, `names` are of headers. Which of them has a meaning is the subject's matter.
    """

    kind: Literal["lie"] = "lie"
    about: Annotated[str, BeforeValidator(LieSubject.checked)]
    factor: Share = 0.5
    names: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @property
    def journal_name(self) -> str:
        """With the subject."""
        return f"{self.kind} {self.about}"

    @property
    def rules(self) -> Part:
        """It comes with any other fault."""
        return "change"

    def aims_at(self, operation: str, caller: FaultTarget) -> bool:
        """True for a lie that is told in answers."""
        return not LieSubject.named(self.about).of_limits and super().aims_at(operation, caller)

    def granted_share(self, operation: str, caller: FaultTarget) -> float | None:
        """The factor, for a lie about limits."""
        aimed = LieSubject.named(self.about).of_limits and super().aims_at(operation, caller)
        return self.factor if aimed else None

    def change_answer(self, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer with the lie in it."""
        return LieSubject.named(self.about).tell(self, answer, scope)


class GrantedLimits(LieSubject):
    """Only `factor` of the documented rates, and of the requests at once, are granted."""

    name = "limits"
    of_limits = True


class WrongRetryAfter(LieSubject):
    """Retry-After (RFC 9110 §10.2.3) says `factor` of the time that it takes."""

    name = "retry_after"

    def tell(self, lie: Lie, answer: Answer, scope: AnswerScope) -> Changed | None:
        """A whole number stays one, and a date a date."""
        name = next((name for name in answer.headers if name.lower() == "retry-after"), None)
        if name is None:
            return None
        true = answer.headers[name]
        try:
            seconds = float(true)
        except ValueError:
            seconds = max(parsedate_to_datetime(true).timestamp() - scope.wall, 0.0)
            written = http_date(math.ceil(scope.wall + seconds * lie.factor))
        else:
            written = f"{seconds * lie.factor:.1f}" if "." in true else str(math.floor(seconds * lie.factor))
        return replace(answer, headers={**answer.headers, name: written}), name


class UnsentHeaders(LieSubject):
    """Those of `names` are never sent, or without names all that tell limits."""

    name = "headers"

    def tell(self, lie: Lie, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer without them."""
        del scope
        patterns = lie.names or LIMIT_HEADERS
        lost = [
            name for name in answer.headers if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)
        ]
        if not lost:
            return None
        left = {name: value for name, value in answer.headers.items() if name not in lost}
        return replace(answer, headers=left), " ".join(lost)


class UnlistedValue(LieSubject):
    """A value appears that no enumeration lists."""

    name = "enum"

    def tell(self, lie: Lie, answer: Answer, scope: AnswerScope) -> Changed | None:
        """As a drift would."""
        del lie
        return Drift(change="enum").change_answer(answer, scope)


class OptionalField(LieSubject):
    """A field that every client reads, because it always came, is left out where the document lets it be."""

    name = "optional"

    def tell(self, lie: Lie, answer: Answer, scope: AnswerScope) -> Changed | None:
        """As a drift would."""
        del lie
        return Drift(change="omitted").change_answer(answer, scope)
