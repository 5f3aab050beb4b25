"""How a vendor leaves its document: drift, where its answers change, and lies, where they were never as written.

Data, like the other faults of tidegate.scenario.fault. What is drawn where a pointer is left out, and how an answer is
changed, is simulator.trouble.drift's. The numbers D1 to D16 are those of the table in docs/scenarios.md.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field, JsonValue, model_validator

from tidegate.configfile.units import Duration, Share
from tidegate.scenario.fault import Aimed

BodyChange = Literal[
    "removed",  # D1
    "renamed",  # D2
    "retyped",  # D3
    "null",  # D4
    "omitted",  # D5
    "enum",  # D6
    "scaled",  # D7
    "reformatted",  # D7
    "added",  # D12
    "id",  # D13
]
"""Changes of one place in a body. Without a `pointer` the place is drawn by the document's schema."""

ListChange = Literal["reordered", "page_size"]  # D8
AnswerChange = Literal["envelope", "status", "header", "scope", "deprecated"]  # D9, D10, D11, D14, D16
Change = Literal[BodyChange, ListChange, AnswerChange]

_TAKEN: dict[str, dict[str, type | tuple[type, ...]]] = {
    "renamed": {"to": str},
    "enum": {"to": (str, int)},
    "added": {"to": (str, int, float, bool, dict, list), "size": int},
    "id": {"to": str},
    "scaled": {"by": float},
    "page_size": {"to": int},
    "envelope": {"to": str},
    "status": {"to": int},
    "header": {"to": str, "header": str},
    "scope": {"to": str},
    "deprecated": {"sunset": float},
}
"""Which keys of its own a change takes, and of what type."""

_CURES = {
    "renamed": "write the new name",
    "enum": "write the new value, a text or a whole number",
    "added": "write the value of the new field",
    "id": "write the new prefix",
    "page_size": "write how many come at most",
    "envelope": "write the name of the field that the answer goes into",
    "status": "write a status, like 202",
    "header": "write the new name",
    "scope": "write the scope that is needed",
}


class Drift(Aimed):
    """From its beginning on, the vendor's answers are no longer as the document says, always in the same way.

    The copy that is sent is changed, never what the vendor holds. `to` is what comes instead: a name for `renamed` and
    `header`, a value for `enum` and `added`, a prefix for `id`, a number for `status` and `page_size`, a scope for
    `scope`, a field's name for `envelope`.
    """

    kind: Literal["drift"] = "drift"
    change: Change
    of: Literal["answers", "refusals", "webhooks"] = "answers"
    """`operations` names event types where it is `webhooks`."""
    pointer: Annotated[str | None, Field(pattern=r"^(/[^/]+)*$")] = None
    """JSON Pointer (RFC 6901) into the body; `*` stands for every item of a list."""
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
        takes = _TAKEN.get(self.change, {})
        for name in ("to", "by", "header", "size", "sunset"):
            if name in self.model_fields_set and name not in takes:
                raise ValueError(f"`{name}` has no meaning for `change: {self.change}`; leave it out")
        if self.to is not None and (
            isinstance(self.to, bool) > (self.change == "added") or not isinstance(self.to, takes["to"])
        ):
            raise ValueError(f"`to: {self.to!r}` does not fit `change: {self.change}`; {_CURES[self.change]}")
        if self.pointer is not None and self.change not in get_args(BodyChange) + get_args(ListChange):
            raise ValueError(f"`pointer` has no meaning for `change: {self.change}`, which is of the whole answer")
        if self.of == "webhooks" and self.change in get_args(AnswerChange):
            raise ValueError(f"`change: {self.change}` is of an answer; a webhook has none")
        if self.change == "status" and self.to is None:
            raise ValueError("`change: status` needs `to`: the status that comes instead, like 202")
        return self


class Lie(Aimed):
    """The documentation is wrong, and was from the first day on.

    `limits`: only `factor` of the documented rates and of the requests at once are granted. `retry_after`: the header
    says `factor` of the time that it takes. `headers`: those named are never sent, or without names all that tell
    limits. `enum`: a value appears that no enumeration lists. `optional`: a field that every client reads, because it
    always came, is left out where the document lets it be.
    """

    kind: Literal["lie"] = "lie"
    about: Literal["limits", "retry_after", "headers", "enum", "optional"]
    factor: Share = 0.5
    names: Annotated[tuple[str, ...], Field(strict=False)] = ()
