"""Drawn scenarios are scenarios, differ by seed and by nothing else, and ask for enough."""

import random
from pathlib import Path

from tidegate.chaos.apps.stories import OPERATIONS
from tidegate.chaos.search_vendors import PLACES
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.draw import FEW_PLACES_SHARE, MIX, REFUSAL_SHARE, draw, draw_troubles
from tidegate.chaos.timeline.fault_draw import WEIGHTS
from tidegate.chaos.trouble.surrounding_fault import SurroundingFault
from tidegate.scenario.fault_kinds import known_kinds


def test_one_seed_draws_one_scenario_and_another_draws_another() -> None:
    assert draw(3, 10) == draw(3, 10)
    assert draw(3, 10) != draw(4, 10)


def test_every_scenario_can_be_played_and_asks_for_at_least_300_calls_in_ten_minutes() -> None:
    for seed in range(60):
        if draw(seed, 10).orders is not None:
            continue  # it asks for orders, a few a minute
        scenario = draw(seed, 10).scenario()
        assert scenario.seconds == 600
        assert len(offered_load.intents(scenario, random.Random(0), operations=OPERATIONS)) >= 300


def test_every_kind_of_trouble_is_drawn_sooner_or_later() -> None:
    kinds = {piece.get("kind", "load") for seed in range(80) for piece in draw(seed, 10).pieces}
    assert kinds >= {kind for kind, _, _ in WEIGHTS} - {"unanswered", "slow", "wall"}
    assert kinds >= {*known_kinds(SurroundingFault)}, (
        "a kind around the vendor that no seed draws is searched by nobody"
    )
    wrong = {
        piece.get("of", "vendor")
        for seed in range(80)
        for piece in draw(seed, 10).pieces
        if piece.get("kind") == "skew"
    }
    assert wrong == {"vendor", "proxy"}
    assert kinds >= {"load", "wire", "hang", "reset_before", "reset_after", "truncate", "latency"}


def test_a_second_machine_takes_over_with_a_wrong_clock_and_later_the_first_one_again() -> None:
    drawn = [[one for one in draw(seed, 10).pieces if one.get("kind") == "failover"] for seed in range(60)]
    pairs = [pair for pair in drawn if pair]
    assert 12 < len(pairs) < 40
    for wrong, right in pairs:
        assert ("ahead" in wrong) is not ("behind" in wrong)
        assert not {"ahead", "behind"} & {*right}
        assert float(wrong["from"].removesuffix("s")) < float(right["from"].removesuffix("s")) < 600


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


def test_the_page_on_scenarios_counts_the_ways_of_calling() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert f"two apps, and {len(MIX)} ways of calling" in page


def test_some_bulkheads_have_few_places_and_nothing_else_of_their_scenario_changes() -> None:
    places = [draw(seed, 1).places for seed in range(400)]
    assert 0.7 * FEW_PLACES_SHARE < sum(one != PLACES for one in places) / 400 < 1.3 * FEW_PLACES_SHARE
    assert {one.concurrent for one in places} == {3, 6, 12, PLACES.concurrent}
    assert {one.queue for one in places} == {5, 20, 60, PLACES.queue}


def test_in_some_scenarios_new_connections_are_refused_while_a_burst_waits() -> None:
    drawn = [draw_troubles(seed, 10).pieces for seed in range(200)]
    refusals = [(one, pieces) for pieces in drawn for one in pieces if one.get("kind") == "refuse"]
    assert 0.5 * REFUSAL_SHARE < len(refusals) / 200 < 1.2 * REFUSAL_SHARE
    for one, pieces in refusals:
        assert one["from"] in {piece["from"] for piece in pieces if "burst" in piece}
