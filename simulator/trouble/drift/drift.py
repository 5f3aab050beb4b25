"""`drift`: the vendor's answers leave its document. The fault, and what each change of an answer has in common.

A change is a subclass of DriftChange in this folder, one for each `change` that a scenario file may say.
The copy that is sent is changed; the vendor's objects and kept answers are never touched, for a body is read anew from
its bytes. The numbers D1 to D16 are those of the table in docs/scenarios.md.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from tidegate.configfile.units import Duration
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.errors import VendorError, forbidden
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.choice import Choice
from tidegate.simulator.trouble.fault_scope import AnswerScope, Changed, FaultTarget, RefusalStyle
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.vendor_fault import Part

Subject = Literal["value", "list", "answer"]


class DriftChange(Choice):
    """A change that a drift makes to answers. A subclass that has a `name` is one."""

    number: ClassVar[int] = 99
    """In the table of docs/scenarios.md: the n of Dn."""
    subject: ClassVar[Subject] = "value"
    """A value in a body is changed, a list in it, or the answer as a whole, which has no place and no webhook."""
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {}
    """The keys of Drift that have a meaning for it, each with the types of its value."""
    cure: ClassVar[str] = ""
    """The advice to one who wrote a `to` that does not fit."""
    needs_to: ClassVar[bool] = False
    forbids: ClassVar[bool] = False
    """The request is refused with 403, so no answer is left to change."""

    @property
    def place(self) -> tuple[int, ...]:
        """By what is changed, then by its number."""
        return (_SUBJECTS[self.subject], self.number)

    def of_answer(self, drift: "Drift", answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer after the change, None where there is nothing to change in it."""
        del drift, answer, scope
        return None

    def of_body(self, drift: "Drift", n: int, body: Any, schema: Any, places: Places) -> tuple[Any, str] | None:
        """The body after the change and the pointer to its place, None where there is nothing to change in it.

        `n` is the drift's number among the armed faults. The body that is given is used up.
        """
        del drift, n, body, schema, places
        return None

    def accepts(self, to: JsonValue) -> bool:
        """True where this may be the drift's `to`."""
        types = self.takes["to"]
        return bool in types if isinstance(to, bool) else isinstance(to, types)


_SUBJECTS: Mapping[Subject, int] = {"value": 0, "list": 1, "answer": 2}


class Drift(RequestFault):
    """From its beginning on, the vendor's answers are no longer as the document says, always in the same way.

    `to` is what comes instead: a name for `renamed` and `header`, a value for `enum` and `added`, a prefix for `id`, a
    number for `status` and `page_size`, a scope for `scope`, a field's name for `envelope`.
    """

    kind: Literal["drift"] = "drift"
    change: Annotated[str, BeforeValidator(DriftChange.checked)]
    of: Literal["answers", "refusals", "webhooks"] = "answers"
    """`operations` names event types where it is `webhooks`."""
    pointer: Annotated[str | None, Field(pattern=r"^(/[^/]+)*$")] = None
    """JSON Pointer (RFC 6901) into the body; `*` stands for every item of a list. Drawn where left out."""
    to: JsonValue = None
    by: Annotated[float, Field(gt=0, strict=False)] | None = None
    """`scaled`: the factor, like 1000 for seconds that become milliseconds."""
    header: str | None = None
    """`header`: which one is renamed, or left out where there is no `to`. Drawn among limit headers where left out."""
    size: Annotated[int, Field(ge=1, le=1 << 22)] = 16
    """`added`: so many bytes of text where there is no `to`."""
    sunset: Duration | None = None
    """`deprecated`: it ends so long after the fault begins (RFC 8594)."""
    from_version: str | None = None
    """Only requests whose version header says this version or a later one; without the header, the account's."""

    @model_validator(mode="after")
    def _fits(self) -> "Drift":
        change = self._change
        for name in ("to", "by", "header", "size", "sunset"):
            if name in self.model_fields_set and name not in change.takes:
                raise ValueError(f"`{name}` has no meaning for `change: {self.change}`; leave it out")
        if self.to is not None and not change.accepts(self.to):
            raise ValueError(f"`to: {self.to!r}` does not fit `change: {self.change}`; {change.cure}")
        if self.pointer is not None and change.subject == "answer":
            raise ValueError(f"`pointer` has no meaning for `change: {self.change}`, which is of the whole answer")
        if self.of == "webhooks" and change.subject == "answer":
            raise ValueError(f"`change: {self.change}` is of an answer; a webhook has none")
        if change.needs_to and self.to is None:
            raise ValueError(f"`change: {self.change}` needs `to`: the {self.change} that comes instead, like 202")
        return self

    @property
    def _change(self) -> DriftChange:
        return DriftChange.named(self.change)

    @property
    def journal_name(self) -> str:
        """With the change."""
        return f"{self.kind} {self.change}"

    @property
    def rules(self) -> Part:
        """`change`, unless there is no answer to change."""
        return "end" if self._change.forbids else "change"

    @property
    def of_webhooks(self) -> bool:
        """True where it is of webhooks."""
        return self.of == "webhooks"

    @property
    def aimed_operations(self) -> tuple[str, ...]:
        """None where they are event types."""
        return () if self.of == "webhooks" else super().aimed_operations

    def aims_at(self, operation: str, caller: FaultTarget) -> bool:
        """True for an API version from `from_version` on, too."""
        if self.of == "webhooks" or not super().aims_at(operation, caller):
            return False
        return self.from_version is None or _ordered(caller.version) >= _ordered(self.from_version)

    @property
    def stops(self) -> bool:
        """True where it ends in a refusal."""
        return self._change.forbids

    def refusal(self, style: RefusalStyle) -> VendorError:
        """403 for the scope that is needed."""
        del style
        return forbidden(str(self.to or "a new one"))

    def change_answer(self, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The drifted answer, None where there is nothing to change in it."""
        if (answer.status >= 400) is not (self.of == "refusals"):
            return None
        return self._change.of_answer(self, answer, scope)

    def aims_at_event(self, event: str) -> bool:
        """True for the event types that `operations` names, where it is of webhooks."""
        return self.of == "webhooks" and any(fnmatchcase(event, pattern) for pattern in self.operations)

    def change_event(self, body: Any, n: int, places: Places) -> tuple[Any, str] | None:
        """The drifted body of a webhook. The document has no schema for it."""
        return self._change.of_body(self, n, body, None, places)


def _ordered(version: str) -> list[tuple[int, str]]:
    """A version so that a later one is greater: `2` before `10`, `2024-01-31` before `2024-02-01`."""
    parts = "".join(char if char.isalnum() else " " for char in version.lower().removeprefix("v")).split()
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
