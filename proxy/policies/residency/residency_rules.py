"""The rules of where data may go: the region of who sends it × its class × the region of who gets it. Default deny.

    no rules at all                      everything may go, `unruled`; the vendor file alone speaks of fields
    the sender's region is not known     refused, `home-unknown`
    the receiver's region is not known   refused, `region-unknown`
    both are the same region             sent, `at-home`
    a rule lets it go                    sent, under the id of the first that does
    none does                            refused, `no-rule`

A rule for personal data lets other data go too. Pure; made at load, one for each version of tidegate.yaml. Which fields
are personal is tidegate.proxy.policies.residency.outgoing_request's matter.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from tidegate.policy.data import ResidencyRule
from tidegate.proxy.call.residency_decision import ResidencyDecision

DataClass = Literal["personal", "other"]

HOME_UNKNOWN, REGION_UNKNOWN, NO_RULE = "home-unknown", "region-unknown", "no-rule"
UNRULED, AT_HOME = "unruled", "at-home"
"""The rules of what goes because there are no rules, and of what stays in its region."""


class ResidencyRules:
    """See the module. `written` are the rules in their order; None where tidegate.yaml has none.

    `homes` are the regions of apps; `home` is that of every other app and of Tidegate itself, empty where unknown.
    """

    def __init__(
        self, written: Iterable[ResidencyRule] | None = None, homes: Mapping[str, str] | None = None, home: str = ""
    ) -> None:
        self.written = None if written is None else tuple(written)
        self.homes, self.home = dict(homes or {}), home

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ResidencyRules):
            return NotImplemented
        return (self.written, self.homes, self.home) == (other.written, other.homes, other.home)

    __hash__ = None  # type: ignore[assignment]  # it holds dictionaries

    def home_of(self, app: str) -> str:
        """The region of an app; empty where it is not known."""
        return self.homes.get(app, self.home)

    def decide(self, home: str, data: DataClass, region: str) -> ResidencyDecision:
        """Whether data of this class may go from a region to another."""
        personal = data == "personal"
        if self.written is None:
            return ResidencyDecision(UNRULED, "send", home, region, personal)
        if not home:
            return ResidencyDecision(HOME_UNKNOWN, "refuse", home, region, personal)
        if not region:
            return ResidencyDecision(REGION_UNKNOWN, "refuse", home, region, personal)
        if home == region:
            return ResidencyDecision(AT_HOME, "send", home, region, personal)
        for rule in self.written:
            if personal and rule.data != "personal":
                continue
            if _matches(rule.home, home) and _matches(rule.to, region):
                return ResidencyDecision(rule.id, "send", home, region, personal)
        return ResidencyDecision(NO_RULE, "refuse", home, region, personal)


def _matches(patterns: tuple[str, ...], region: str) -> bool:
    return region in patterns or "*" in patterns


class ResidencyWatch:
    """The rules in force in one proxy, and the count of what they decided. A reload changes `rules`."""

    def __init__(self, rules: ResidencyRules) -> None:
        self.rules = rules
        self.counts: dict[tuple[str, ...], int] = {}
        """Way out, receiver, rule and fate → how often."""
        self._followers: list[ResidencyWatch] = []

    def put(self, rules: ResidencyRules) -> None:
        """Put rules in force, here and with all that follow."""
        for watch in (self, *self._followers):
            watch.rules = rules

    def lead(self, other: "ResidencyWatch") -> None:
        """Have another follow: one that was there before the proxy was."""
        self._followers.append(other)
        self.counts.update(other.counts)
        other.rules, other.counts = self.rules, self.counts

    def count(self, way: str, receiver: str, decision: ResidencyDecision) -> None:
        """Count a decision. The labels are names of a configuration: so they are bounded."""
        key = (way, receiver, decision.rule, decision.fate)
        self.counts[key] = self.counts.get(key, 0) + 1
