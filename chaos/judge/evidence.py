"""The evidence of a trial. It judges nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tidegate.chaos.apps.retry_loop import IntentResult
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.apps.stories import STORIES, Story
from tidegate.chaos.judge.boxes.box_evidence import BoxEvidence, WriteRecord
from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.surroundings import SurroundingEvents
from tidegate.plan.plan import OperationPlan
from tidegate.policy.policy import Policy
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor import Limit


@dataclass(frozen=True, slots=True)
class VendorEvidence:
    """What a vendor's own file and document say of it. `limits` are those that count requests."""

    limits: tuple[Limit, ...]
    plans: Mapping[str, OperationPlan]
    request_id: str
    """The header in which the vendor names each request."""


@dataclass(frozen=True)
class Evidence:
    """One vendor's part of a trial. What happened around it, and what was found out of place, stands in each part."""

    drawn: DrawnScenario
    policy: Policy
    vendor: str = field(default="", kw_only=True)
    endings: Sequence[IntentResult]
    calls: Sequence[AppCall]
    entries: Sequence[Mapping[str, Any]]
    """The vendor's journal."""
    tap: Tap
    happened: SurroundingEvents
    lines: Sequence[Mapping[str, Any]]
    """The proxy's log."""
    leaked: int
    surprises: Sequence[str]
    """Exceptions that nobody caught."""
    rest: Mapping[str, int] = field(default_factory=dict)
    """What the proxy held when nobody had called it for long: counts by name."""
    boxes: BoxEvidence | None = None
    """What is known of outbox and inbox, where they were played."""
    writes: Mapping[str, WriteRecord] = field(default_factory=dict)
    """What the records of writes for later say in the end, by their ids, where it is about somebody's own vendors."""
    file: VendorEvidence | None = None
    """What the vendor's own file and document say, where the run is about somebody's own vendors."""

    @property
    def limit(self) -> Limit:
        """The vendor's limit, for each key that it knows."""
        return self.drawn.limit if self.drawn.pool is None or self.vendor != PAYMENTS else self.drawn.pool.limit

    @property
    def limits(self) -> Sequence[Limit]:
        """The vendor's limits that count requests, for each key that it knows."""
        return (self.limit,) if self.file is None else self.file.limits

    @property
    def stories(self) -> Mapping[str, Story]:
        """Every story that is played, by its name."""
        return STORIES if self.drawn.cast is None else self.drawn.cast.stories

    @cached_property
    def operations(self) -> Mapping[str, str]:
        """The operation of each story."""
        return {name: story.operation for name, story in self.stories.items()}

    @property
    def request_id(self) -> str:
        """The header in which the vendor names each request."""
        return "Request-Id" if self.file is None else self.file.request_id

    def story(self, call: AppCall) -> Story:
        """The story of a call."""
        return self.stories[call.intent.story]

    @cached_property
    def ends(self) -> Mapping[str, float]:
        """The moment at which each call ended that may go on without its app, by its tag: then the outbox sends."""
        return {call.tag: call.ended_s for call in self.calls if call.goes_on or not call.status}

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that was played."""
        return self.drawn.scenario()
