"""The fault: a stretch of time in which something goes wrong, and what the judge must know of any kind of it.

A kind of fault is a class with a `kind` of its own, in one file: its fields, what it does, how it is judged. Where the
files stand, and how they are found, is tidegate.scenario.fault_kinds'; docs/contributing/fault-kind.md shows the
smallest one. The whole scenario is in tidegate.scenario.scenario; docs/scenarios.md has an example of each kind.
"""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tidegate.configfile.units import Duration


class ScenarioBlock(BaseModel):
    """A group of keys and values; an unknown key is a mistake."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, validate_by_name=True, validate_by_alias=True, defer_build=True
    )


class Span(ScenarioBlock):
    """A stretch of time: `from` (0 s) up to `until`, or for the length `for`; without either, to the end."""

    begin: Annotated[Duration, Field(alias="from")] = 0.0
    until: Duration | None = None
    lasts: Annotated[Duration | None, Field(alias="for")] = None

    @model_validator(mode="after")
    def _one_end(self) -> "Span":
        if self.until is not None and self.lasts is not None:
            raise ValueError("says `until` and `for`; keep one of them")
        if self.end_s is not None and self.end_s <= self.begin:
            raise ValueError("ends before it begins; `until` must lie after `from`, and `for` be longer than 0s")
        return self

    @property
    def end_s(self) -> float | None:
        """Seconds at which it is over, None where it never is."""
        return self.begin + self.lasts if self.lasts is not None else self.until


class Fault(Span):
    """A fault. A subclass whose `kind` has a value is a kind of fault, known from the moment it is defined.

    Two kinds of one name are a TypeError. The class attributes and properties here are how chaos/judge counts a kind.
    """

    kind: str

    kinds: ClassVar[dict[str, type["Fault"]]] = {}
    """Every kind that is defined by now, by its name. See tidegate.scenario.fault_kinds for all there are."""
    harmful: ClassVar[bool] = False
    """A request that it hits is one that the vendor failed, so a circuit breaker may count it."""
    outage: ClassVar[bool] = False
    """The vendor is away altogether while it lasts: nobody could get anything done."""
    around: ClassVar[bool] = False
    """It happens to the proxy, its machine or the wire, not at the vendor."""
    trips_breaker: ClassVar[bool] = True
    """Where it hits many calls, calls fail until the breaker has closed again, and not only until the fault is over."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        """Register the kind."""
        super().__pydantic_init_subclass__(**options)
        name = cls.model_fields["kind"].default
        if not isinstance(name, str):
            return  # not a kind, but what several kinds have in common
        known = Fault.kinds.setdefault(name, cls)
        if known is not cls:
            raise TypeError(f"two kinds of fault are called {name!r}: {known.__module__} and {cls.__module__}")

    @property
    def of_vendor(self) -> str:
        """The one vendor that it happens to; empty where it happens to every one of a run, or around them."""
        return ""

    @property
    def of_webhooks(self) -> bool:
        """True where it hits webhooks, and so only where somebody takes them."""
        return False

    @property
    def aimed_operations(self) -> tuple[str, ...]:
        """The patterns of operations that it names. Empty where it hits any, or something else than requests."""
        return ()

    @property
    def calls_hit(self) -> float:
        """The share of an app's calls that it may spoil, 0 to 1."""
        return 0.0

    @property
    def commit_delay_s(self) -> float:
        """Seconds that it adds to each commit to the proxy's disk."""
        return 0.0
