"""The fallback: what the app gets when the vendor is away."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block
from tidegate.policy.plan_values import PlannedOperation, plan_value, plan_values

_MEDIA_TYPE = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+( *;[ -~]*)?$"
_BODILESS = (204, 205, 304)


class Static(Block):
    """An answer that is written here."""

    status: Annotated[int, Field(ge=200, le=599)] = 200
    """Its status."""
    body: Annotated[Annotated[str, WORD] | Annotated[dict[str, object], BLOCK], BY_SHAPE] = ""
    """Its body: text as it is, or a block, which becomes JSON."""
    content_type: Annotated[str, Field(pattern=_MEDIA_TYPE, examples=["application/json"])] = "application/json"
    """Its media type."""

    @field_validator("body")
    @classmethod
    def _content(cls, body: object, info: ValidationInfo) -> object:
        status = info.data.get("status")
        if status in _BODILESS and body:
            raise ValueError(f"an answer {status} has no content (RFC 9110 section 15); leave body out")
        return body

    def __hash__(self) -> int:
        """A body that is a block has none of its own."""
        return hash((self.status, self.content_type, str(self.body)))


class Fallback(Block):
    """What the app gets when the vendor is away: an answer that is written here, or an error, and why."""

    fail: str | None = None
    """There is no fallback, for this reason."""
    static: Static | None = None
    """This answer. For reads."""

    @model_validator(mode="after")
    def _one(self) -> "Fallback":
        if (self.fail is None) == (self.static is None):
            raise ValueError("write either fail, with the reason, or static, with an answer")
        return self


class FallbackSettings(Block):
    """The keys of an operation about its fallback."""

    critical: bool | None = None
    """Whether it is on the critical path: then it names what happens when the vendor is away."""
    unavailable: Annotated[Annotated[Fallback, BLOCK] | Annotated[Literal["defer", "cache"], WORD], BY_SHAPE] | None = (
        None
    )
    """What the app gets when the vendor is away: `{fail: why}`, `{static: {…}}`, `cache`: an answer that went stale, as
    `cache.stale_if_error` allows, or `defer`: 202, and the write is carried out later (`defer: when-unavailable`)."""


def _kind(written: Fallback | str) -> str:
    if isinstance(written, Fallback):
        return "static" if written.static is not None else f"fail: {written.fail}"
    return written


@plan_values
class FallbackPlan(PlannedOperation):
    """The fallback of an operation."""

    __slots__ = ()

    critical: bool = plan_value(entry="critical", default=False)
    """Writes to a vendor of high criticality are critical unless the file says otherwise."""
    unavailable: str = plan_value(entry="unavailable", read=_kind, default="fail")
    """`fail`, `fail: why`, `static`, `cache` or `defer`."""
    static: Static | None = plan_value(
        entry="unavailable",
        read=lambda written: written.static if isinstance(written, Fallback) else None,
        for_reads=True,
        default=None,
    )


def describe(plan: FallbackPlan) -> str:
    """The fallback in words."""
    if plan.static is not None:
        return f"a static answer, {plan.static.status}"
    words = {"cache": "a stale answer of the cache", "defer": "carried out later"}
    return words.get(plan.unavailable, "none")
