"""Outbox and inbox of a trial: everything that they do happens in it, and it repeats to the byte."""

import functools
from collections import Counter

from tidegate.chaos.apps.search_apps import ACCEPTED
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.promises import violations
from tidegate.chaos.play.boxes import APP_SECRETS, SIGNING
from tidegate.chaos.play.trial import played
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline.boxes import draw_boxes
from tidegate.chaos.timeline.draw import draw

MINUTES = 4.0
DRAWN = {seed: draw_boxes(seed, 60.0 * MINUTES) for seed in range(200)}
SEED = next(seed for seed, drawn in DRAWN.items() if drawn and drawn[0].torn and drawn[0].order == "priorities")


@functools.cache
def evidence() -> Evidence:
    return played(draw(SEED, MINUTES))[PAYMENTS]


def test_a_trial_plays_them_and_keeps_every_promise() -> None:
    assert violations(evidence()) == []
    boxes = evidence().boxes
    assert boxes is not None
    assert boxes.left == {}
    assert sum(call.status == ACCEPTED for call in evidence().calls) > 20
    assert Counter(record.state for record in boxes.records.values())["done"] > 20
    assert {"customer.updated", "refund.created"} <= {
        effect["kind"] for entry in evidence().entries for effect in entry["effects"]
    }


def test_webhooks_come_in_and_go_out_and_results_are_told() -> None:
    boxes = evidence().boxes
    assert boxes is not None
    assert sum(post.genuine and post.status == 200 for post in boxes.posted) > 20
    assert {post.purpose for post in boxes.taken} == {"webhooks", "callback"}
    assert {post.app for post in boxes.taken} == {*APP_SECRETS}
    assert all(post.verified for post in boxes.taken)


def test_it_repeats_in_the_same_process() -> None:
    again = played(draw(SEED, MINUTES))[PAYMENTS]
    assert again.boxes == evidence().boxes
    assert again.calls == evidence().calls
    assert again.entries == evidence().entries
    assert again.lines == evidence().lines


def test_its_secrets_are_looked_for_in_what_is_written() -> None:
    assert evidence().leaked == 0
    assert SIGNING not in str(evidence().lines)
