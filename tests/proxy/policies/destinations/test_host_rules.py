"""Tests of tidegate.proxy.policies.destinations.host_rules."""

import pytest

from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.policies.destinations.host_rules import HostPattern, HostRule, HostRules


def rule(*hosts: str, action: str = "tunnel", **more: object) -> HostRule:
    return HostRule(tuple(map(HostPattern, hosts)), action, **more)  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("api.example", "api.example", True),
        ("api.example", "v1.api.example", False),
        ("api.example", "api.example.evil", False),
        ("*.example", "api.example", True),
        ("*.example", "a.b.example", True),
        ("*.example", "example", False),
        ("*.example", ".example", False),
        ("*.example", "evilexample", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "10.example", False),
        ("10.0.0.0/8", "::1", False),
        ("fd00::/8", "fd12::1", True),
    ],
)
def test_a_pattern_covers_its_hosts_and_no_other(pattern: str, host: str, covered: bool) -> None:
    assert HostPattern(pattern).covers(host) is covered


RULES = HostRules(
    [
        rule("bad.example", action="deny", ports=()),
        rule("*.example", ports=(443, 8443)),
        rule("desk.internal", apps=("desk",), reach="allow"),
        rule("api.vendor", action="tunnel"),
    ]
)


@pytest.mark.parametrize(
    ("host", "port", "app", "vendor", "action", "reason"),
    [
        ("bad.example", 443, "shop", False, "deny", "rule denies"),
        ("bad.example", 443, "shop", True, "deny", "rule denies"),
        ("good.example", 8443, "shop", False, "tunnel", "rule"),
        ("good.example", 22, "shop", False, "deny", "no rule"),
        ("desk.internal", 443, "desk", False, "tunnel", "rule"),
        ("desk.internal", 443, "shop", False, "deny", "no rule"),
        ("api.vendor", 443, "shop", True, "tunnel", "rule"),
        ("other.vendor", 443, "shop", True, "open", "vendor"),
        ("other.vendor", 443, "shop", False, "deny", "no rule"),
    ],
)
def test_the_first_rule_that_covers_a_destination_decides(
    host: str, port: int, app: str, vendor: bool, action: str, reason: str
) -> None:
    decision = RULES.decide(Destination(host, port), app, vendor=vendor)
    assert (decision.action, decision.reason, decision.refused) == (action, reason, action == "deny")
    assert str(decision)


def test_a_decision_names_its_rule_and_how_far_it_reaches() -> None:
    decision = RULES.decide(Destination("desk.internal", 443), "desk", vendor=False)
    assert (decision.rule, decision.reach, str(decision)) == (3, "allow", "forward.rules.2 lets it through")


def test_in_warn_mode_what_would_be_refused_is_tunnelled_and_says_so() -> None:
    rules = HostRules([rule("bad.example", action="deny")], warns=True)
    for host, reason in (("bad.example", "rule denies"), ("else.example", "no rule")):
        decision = rules.decide(Destination(host, 443), "shop", vendor=False)
        assert (decision.action, decision.reason, decision.warned, decision.refused) == ("tunnel", reason, True, False)
        assert decision.reach == "refuse"


def test_without_rules_nothing_but_vendors_is_reached() -> None:
    assert HostRules().decide(Destination("a.example", 443), "shop", vendor=False).refused
