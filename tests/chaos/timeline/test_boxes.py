"""Outbox and inbox are drawn in a share of the scenarios, by dice of their own, and in every way."""

from typing import Any, get_args

from tidegate.chaos.apps.stories import STORIES
from tidegate.chaos.timeline.boxes import BOX_MIX, SHARE, WEBHOOK_MODES, Order, draw_boxes
from tidegate.chaos.timeline.draw import draw
from tidegate.chaos.trouble.surrounding_fault import AwayMode


def drawn(count: int = 400) -> list[tuple[Any, list[dict[str, Any]]]]:
    return [made for seed in range(count) if (made := draw_boxes(seed, 600.0)) is not None]


def test_a_share_of_the_scenarios_plays_them_and_the_same_seed_plays_the_same() -> None:
    assert 0.7 * SHARE < len(drawn()) / 400 < 1.3 * SHARE
    assert [draw_boxes(seed, 600.0) for seed in range(40)] == [draw_boxes(seed, 600.0) for seed in range(40)]


def test_every_way_of_deferring_and_every_trouble_comes_sooner_or_later() -> None:
    made = drawn()
    assert {boxes.deferral.when for boxes, _ in made} == {"always", "when-unavailable"}
    assert {boxes.deferral.order for boxes, _ in made} == {"block", "skip", "latest-wins"}
    assert len({boxes.deferral.deadline_s for boxes, _ in made}) == 3
    assert {boxes.torn for boxes, _ in made} == {True, False}
    assert {boxes.order for boxes, _ in made} == {*get_args(Order)}
    pieces = [piece for _, pieces in made for piece in pieces]
    assert {piece["mode"] for piece in pieces if piece["kind"] == "webhook"} == {*WEBHOOK_MODES}
    assert {piece["mode"] for piece in pieces if piece["kind"] == "app_away"} == {*get_args(AwayMode)}


def test_power_is_cut_where_commits_may_be_torn_and_nowhere_else() -> None:
    for boxes, pieces in drawn():
        assert any(piece.get("power") for piece in pieces) is boxes.torn


def test_the_apps_of_such_a_scenario_let_writes_wait() -> None:
    seed = next(seed for seed in range(100) if draw_boxes(seed, 600.0) is not None)
    mixes = [piece["mix"] for piece in draw(seed, 10).pieces if "mix" in piece]
    assert mixes
    assert all(mix == BOX_MIX for mix in mixes)
    assert {"later", "leisure", "await", "entrust", "amend", "refund"} == {
        story for story in BOX_MIX if STORIES[story].may_wait
    }
