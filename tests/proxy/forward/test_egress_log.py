"""Tests of tidegate.proxy.forward.egress_log."""

from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.forward.egress_log import NOTES_A_SECOND, EgressLog
from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.policies.destinations.host_rules import HostDecision

TO = Destination("evil.example", 443)


def test_every_decision_is_counted_and_only_what_is_refused_or_would_be_is_written_down() -> None:
    async def story() -> tuple[list[Any], str]:
        notes: list[Any] = []
        log = EgressLog(VirtualWorld(1), lambda text, wall, **facts: notes.append((text, facts["to"])))
        log.decided("tunnel", "shop", TO, HostDecision("tunnel", "rule", 1))
        log.decided("tunnel", "shop", TO, HostDecision("deny", "no rule"))
        log.decided("absolute", "shop", TO, HostDecision("tunnel", "no rule", warned=True))
        log.denied("tunnel", "shop", TO.authority, "address", "it is private")
        registry = CollectorRegistry()
        registry.register(log)
        return notes, generate_latest(registry).decode()

    notes, metrics = run(story)
    assert [text for text, _ in notes] == ["egress denied", "egress warned", "egress denied"]
    assert 'tidegate_egress_decisions_total{reason="rule",result="tunnel",way="tunnel"} 1.0' in metrics
    assert 'tidegate_egress_decisions_total{reason="no rule",result="denied",way="tunnel"} 1.0' in metrics
    assert 'tidegate_egress_decisions_total{reason="no rule",result="warned",way="absolute"} 1.0' in metrics
    assert "evil.example" not in metrics


def test_no_more_lines_are_written_in_a_second_than_a_person_can_read() -> None:
    async def story() -> int:
        world, notes = VirtualWorld(1), list[str]()
        log = EgressLog(world, lambda text, wall, **facts: notes.append(text))
        for _ in range(3 * NOTES_A_SECOND):
            log.denied("tunnel", "shop", "x" * 999, "unread", "")
        await world.sleep(1.1)
        log.denied("tunnel", "shop", "x", "unread", "")
        assert log.decisions["tunnel", "denied", "unread"] == 3 * NOTES_A_SECOND + 1
        return len(notes)

    assert run(story) == NOTES_A_SECOND + 1
