"""Drawn timelines of payments over two vendors."""

from tidegate.chaos.play.fallback.fallback_draw import INTENTS, SECONDS, draw


def test_the_same_seed_draws_the_same_and_another_one_another() -> None:
    assert draw(1) == draw(1) != draw(2)


def test_every_kind_of_trouble_is_drawn_and_ends_in_time() -> None:
    drawn = [draw(seed) for seed in range(60)]
    pieces = [piece for one in drawn for troubles in one.troubles.values() for piece in troubles]
    kinds = {piece["kind"] for piece in pieces}
    assert kinds == {"outage", "throttle", "error", "reset_before", "reset_after", "hang", "truncate"}
    assert max(float(piece["from"][:-1]) + float(piece["for"][:-1]) for piece in pieces) <= SECONDS + 0.2
    assert {piece["kind"] for one in drawn for piece in one.proxy} == {"cut", "crash"}
    assert {one.order[0] for one in drawn} == {"stripe", "adyen"}
    assert any(one.app_crashes_s for one in drawn)
    assert all(len(one.payments) == INTENTS for one in drawn)
