"""Tests of tidegate.proxy.console.deliveries.delivery_words."""

from typing import Any, get_args

import pytest

from tidegate.proxy.console.deliveries.delivery_words import ACTS, CURES, REASONS, STATES, TONES, acts_of, consequences
from tidegate.proxy.policies.delivery.delivery import MAY, DeadReason, DeliveryState

OF: dict[str, Any] = {
    "request": {"body": "{}"},
    "box": "outbox",
    "awaits_approval": False,
    "ever_sent": True,
    "unopened": "",
    "reason": "rejected",
    "may": ["cancel", "redo", "replay"],
}
WOULD = {"asked_first": True, "key_forgotten": True}


def test_every_state_reason_and_act_has_its_words() -> None:
    assert set(STATES) == set(TONES) == set(get_args(DeliveryState))
    assert set(REASONS) == set(get_args(DeadReason))
    assert {act.action for act in ACTS} == set(MAY)
    assert set(CURES.values()) <= {act.name for act in ACTS}


@pytest.mark.parametrize("box", ["outbox", "inbox"])
def test_every_act_says_what_follows_in_sentences(box: str) -> None:
    for act in ACTS:
        told = consequences(act, OF | {"box": box}, WOULD)
        assert told
        assert all(sentence.endswith(".") for sentence in told), act.name


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ["edit", "replay", "redo", "cancel"]),
        ({"reason": "expired"}, ["replay", "edit", "redo", "cancel"]),
        ({"unopened": "sealed"}, ["cancel"]),
        ({"may": []}, []),
        ({"request": {"body": None}}, ["replay", "redo", "cancel"]),
        ({"reason": "", "may": ["cancel", "confirm", "redo"]}, ["confirm", "edit", "redo", "cancel"]),
        (
            {"awaits_approval": True, "reason": "", "may": ["approve", "cancel", "refuse"]},
            ["approve", "refuse", "cancel"],
        ),
    ],
)
def test_the_likeliest_cure_comes_first(changes: dict[str, Any], names: list[str]) -> None:
    assert [act.name for act in acts_of(OF | changes)] == names
