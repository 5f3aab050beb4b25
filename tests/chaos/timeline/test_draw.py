"""Drawn scenarios are scenarios, differ by seed and by nothing else, and ask for enough."""

import random

from tidegate.chaos.apps.search_apps import OPERATIONS
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.draw import WEIGHTS, draw


def test_one_seed_draws_one_scenario_and_another_draws_another() -> None:
    assert draw(3, 10) == draw(3, 10)
    assert draw(3, 10) != draw(4, 10)


def test_every_scenario_can_be_played_and_asks_for_at_least_300_calls_in_ten_minutes() -> None:
    for seed in range(60):
        scenario = draw(seed, 10).scenario()
        assert scenario.seconds == 600
        assert len(offered_load.intents(scenario, random.Random(0), operations=OPERATIONS)) >= 300


def test_every_kind_of_trouble_is_drawn_sooner_or_later() -> None:
    kinds = {piece.get("kind", "load") for seed in range(80) for piece in draw(seed, 10).pieces}
    assert kinds >= {kind for kind, _, _ in WEIGHTS} - {"unanswered", "slow", "wall"}
    wrong = {
        piece.get("of", "vendor")
        for seed in range(80)
        for piece in draw(seed, 10).pieces
        if piece.get("kind") == "skew"
    }
    assert wrong == {"vendor", "proxy"}
    assert kinds >= {"load", "wire", "hang", "reset_before", "reset_after", "truncate", "latency"}


def test_about_half_of_the_vendors_say_whether_to_resend() -> None:
    assert 15 < sum(draw(seed, 1).hints for seed in range(60)) < 45


def test_errors_and_refusals_come_when_much_is_under_way() -> None:
    near = 0
    for seed in range(60):
        pieces = draw(seed, 10).pieces
        bursts = [float(piece["from"].removesuffix("s")) for piece in pieces if "burst" in piece]
        begins = [
            float(piece["from"].removesuffix("s"))
            for piece in pieces
            if piece.get("kind") in ("error", "throttle") and "from" in piece
        ]
        near += sum(any(-0.5 <= begin - burst <= 1.0 for burst in bursts) for begin in begins)
    assert near > 20


def test_a_limit_leaves_room_for_what_the_wire_bunches_up() -> None:
    for seed in range(60):
        limit = draw(seed, 10).limit
        assert (limit.burst - 1) / limit.rate.per_second >= 0.4


def test_only_the_pieces_that_are_kept_are_played() -> None:
    drawn = draw(1, 10)
    assert drawn.only([0, 2]).pieces == (drawn.pieces[0], drawn.pieces[2])
