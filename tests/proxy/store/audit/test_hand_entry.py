"""Tests of tidegate.proxy.store.audit.hand_entry."""

import json

from tests.proxy.store.places import at
from tidegate.proxy.store.audit.audit_chain import BEGIN, AuditHead, next_row
from tidegate.proxy.store.audit.hand_entry import entry_of_line, hand_entry, hand_line, target_of
from tidegate.proxy.store.deliveries import HandMade


def test_an_entry_and_the_line_that_is_shown_say_the_same() -> None:
    hand = HandMade("redo", "ann", "new key", b"{}", "k2")
    entry = hand_entry("d1", hand, "parked", "queued", "k1", at(5))
    assert entry.target == target_of("d1") == "delivery:d1"
    line = hand_line(next_row(AuditHead(0, BEGIN), entry))
    assert json.loads(line) == {
        "wall": at(5).wall, "by": "ann", "action": "redo", "note": "new key", "was": "parked", "is": "queued",
        "edited": True, "key": "k2", "former_key": "k1",
    }  # fmt: skip


def test_a_line_of_an_earlier_tidegate_becomes_the_same_entry() -> None:
    entry = hand_entry("d1", HandMade("confirm", "ann"), "parked", "done", "k1", at(5))
    assert entry_of_line("d1", hand_line(next_row(AuditHead(0, BEGIN), entry))) == entry
