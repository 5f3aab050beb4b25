"""A breaker that goes on refusing is found; the other promises of load are in test_promises."""

from dataclasses import replace

from tests.chaos.judge.good_run import (
    GOOD,
    LIMIT,
    OPENED,
    asked,
    away,
    entry,
    line,
    words,
)
from tidegate.chaos.judge.load_promises import beyond_limits
from tidegate.chaos.timeline.pool import DrawnPool
from tidegate.chaos.timeline.surroundings import SurroundingEvents
from tidegate.policy.bulkhead import Bulkhead


def test_a_breaker_that_had_its_probes_and_still_refuses_holds_back() -> None:
    calls = [asked(1), asked(12), asked(13), asked(39, **OPENED)]
    assert "held back" in words(replace(GOOD, happened=SurroundingEvents(cuts=[1.0]), calls=calls))


def test_an_outage_that_resets_what_was_just_made_excuses_a_breaker_though_the_wire_shows_nothing() -> None:
    drawn = replace(away(30.0, 20.0), seconds=60.0)
    held = replace(
        GOOD, drawn=drawn, calls=[asked(33, status=503), asked(39, **OPENED)], tap=replace(GOOD.tap, sends=[])
    )
    assert "held back" not in words(held)
    assert "held back" in words(replace(held, drawn=GOOD.drawn))


def test_what_the_outbox_sends_again_takes_from_the_budget_too() -> None:
    refused = [*GOOD.lines[:-1], line(39, stop="retry budget")]
    assert words(replace(GOOD, lines=refused)) == ["starved"]
    carried = [line(36, delivery=f"d{n}") for n in range(3)]
    assert words(replace(GOOD, lines=[*refused, *carried])) == []
    refused[-1] = line(39, stop="retry budget", delivery="d9")
    assert words(replace(GOOD, lines=[*refused, *carried[:2]])) == [], "its own first try took one"


def test_more_requests_under_way_than_there_are_places_are_too_many() -> None:
    one_by_one = [(f"order-{n}/1", n + 0.0, n + 0.5) for n in range(8)]
    at_once = [(f"order-{n}/1", 1.0, 1.5) for n in range(8)]
    few = replace(GOOD.drawn, places=Bulkhead(concurrent=3))
    for waits, drawn, broken in ((one_by_one, few, []), (at_once, few, ["crammed"]), (at_once, GOOD.drawn, [])):
        assert words(replace(GOOD, drawn=drawn, tap=replace(GOOD.tap, waits=waits))) == broken


def test_what_is_answered_before_the_key_is_read_counts_for_all_keys_together() -> None:
    pool = DrawnPool(("one", "two", "three"), LIMIT)
    refused = [entry(0, at=3.0 + n / 100, status=503, effects=[]) for n in range(14)]
    pooled = replace(GOOD, drawn=replace(GOOD.drawn, pool=pool), entries=[*refused, *GOOD.entries[20:]])
    assert not [*beyond_limits(pooled)]
    named = replace(pooled, entries=[{**one, "app": "one"} for one in pooled.entries])
    assert [*beyond_limits(named)]
