"""The order flow is drawn in a share of the scenarios, by dice of its own, with every trouble that it has to stand."""

from typing import Any, get_args

from tidegate.chaos.apps.shopper import STORIES
from tidegate.chaos.timeline.boxes import Order
from tidegate.chaos.timeline.draw import DrawnScenario, draw
from tidegate.chaos.timeline.order_draw import MODES, OUTAGES, ROUGH, SHARE, draw_orders
from tidegate.chaos.trouble.surrounding_fault import AwayMode

COUNT = 2000
DRAWN = [made for seed in range(COUNT) if (made := draw_orders(seed, 600.0)) is not None]


def pieces(kind: str) -> list[dict[str, Any]]:
    return [piece for _, made in DRAWN for piece in made if piece.get("kind") == kind]


def test_a_share_of_the_scenarios_plays_it_and_nothing_else_and_the_same_seed_plays_the_same() -> None:
    assert 0.7 * SHARE < len(DRAWN) / COUNT < 1.3 * SHARE
    assert draw_orders(28, 600.0) == draw_orders(28, 600.0)
    flows = [drawn for seed in range(200) if (drawn := draw(seed, 10)).orders is not None]
    assert flows
    assert all(drawn.boxes is None and _stories(drawn) <= {*STORIES} for drawn in flows)


def test_every_trouble_comes_sooner_or_later() -> None:
    assert {piece["mode"] for piece in pieces("webhook")} == {*MODES}
    assert {piece["mode"] for piece in pieces("outage")} == {*OUTAGES}
    assert {piece["mode"] for piece in pieces("app_away")} == {*get_args(AwayMode)}
    assert all(pieces(kind) for kind in (*ROUGH, "crash", "disk", "cut", "throttle", "latency"))
    assert {piece["power"] for piece in pieces("crash")} == {True, False}


def test_power_is_cut_only_where_commits_may_be_torn() -> None:
    assert all(dice.torn or not piece.get("power") for dice, made in DRAWN for piece in made)
    assert {dice.torn for dice, _ in DRAWN} == {True, False}
    assert {dice.order for dice, _ in DRAWN} == {*get_args(Order)}


def test_errors_are_too_rare_to_use_up_the_tries_of_an_order() -> None:
    for _, made in DRAWN:
        assert sum(int(piece["probability"][:-1]) for piece in made if piece.get("kind") in ROUGH) <= 5


def _stories(drawn: DrawnScenario) -> set[str]:
    return {story for piece in drawn.pieces for story in piece.get("mix", ())}
