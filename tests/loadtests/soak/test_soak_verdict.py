"""The judge of a soak: each promise can break."""

from dataclasses import replace

import pytest

from tidegate.loadtests.soak.resources import HeldResources
from tidegate.loadtests.soak.session import SoakCounts
from tidegate.loadtests.soak.soak_verdict import MEMORY_MORE_BYTES, SoakVerdict, at_rest, judge_soak

REST = HeldResources(0, 0, 1, 6, 3, 20, 10_000_000, 15, 90_000_000)
FAILED = SoakCounts(100, 0, 1, ["GET /a: 503"])


def verdict(after: HeldResources = REST, bugs: tuple[str, ...] = (), **stretches: SoakCounts) -> SoakVerdict:
    return judge_soak("acme", stretches or {"straight": SoakCounts(100, 5)}, REST, after, bugs)


def test_a_run_without_failures_that_comes_to_rest_is_held() -> None:
    assert verdict().held
    assert verdict().document()["held"] is True
    assert at_rest(REST, REST)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("answered", verdict(straight=FAILED)),
        ("no bug", verdict(bugs=('{"bug": "KeyError"}',))),
        ("calls at rest", verdict(replace(REST, in_flight=1))),
        ("calls at rest", verdict(replace(REST, queued=1))),
        ("connections at rest", verdict(replace(REST, connections=1024))),
        ("tasks at rest", verdict(replace(REST, tasks=38))),
        ("descriptors at rest", verdict(replace(REST, descriptors=1044))),
        ("descriptors at rest", verdict(replace(REST, vendor_descriptors=1039))),
        ("memory at rest", verdict(replace(REST, memory_bytes=10_000_001 + MEMORY_MORE_BYTES))),
    ],
)
def test_each_promise_breaks_by_itself(name: str, broken: SoakVerdict) -> None:
    assert [promise.name for promise in broken.promises if not promise.held] == [name]
    assert not broken.held


def test_an_example_of_a_failure_is_shown() -> None:
    assert "GET /a: 503" in verdict(straight=FAILED).promises[0].found


def test_at_an_address_that_is_given_only_the_answers_are_judged() -> None:
    found = judge_soak("acme", {"straight": SoakCounts(100, 5)}, None, None, [])
    assert (found.held, [promise.name for promise in found.promises]) == (True, ["answered"])
    assert found.document()["resources"] == {}


def test_each_vendor_may_have_its_spare_connections() -> None:
    assert not verdict(replace(REST, connections=4)).held
    assert verdict(replace(REST, connections=4, vendors=2)).held


def test_nobody_waits_for_memory() -> None:
    assert at_rest(REST, replace(REST, memory_bytes=10**12))
    assert not at_rest(REST, replace(REST, connections=30))
