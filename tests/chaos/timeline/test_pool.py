"""Some seeds have several credentials for the payments vendor, and never are all of them revoked."""

from tidegate.chaos.timeline.draw import draw
from tidegate.chaos.timeline.pool import SHARE, WHO, draw_pool

DRAWN = [drawn for seed in range(400) if (drawn := draw_pool(seed, 600.0)) is not None]


def test_about_so_many_as_they_should_have_one() -> None:
    assert 0.6 * SHARE <= len(DRAWN) / 400 <= 1.4 * SHARE


def test_one_member_at_least_is_never_revoked_and_one_at_least_is() -> None:
    for pool, pieces in DRAWN:
        revoked = {piece["apps"][0] for piece in pieces}
        assert revoked
        assert revoked < {WHO[name] for name in pool.members}
        assert all(0.0 < float(piece["from"].removesuffix("s")) < 600.0 for piece in pieces)


def test_a_seed_without_one_is_drawn_as_if_there_were_none() -> None:
    plain = next(seed for seed in range(100) if draw_pool(seed, 600.0) is None)
    drawn = draw(plain, 10.0)
    assert drawn.pool is None
    assert "expired_token" not in {piece.get("kind") for piece in drawn.pieces}


def test_what_is_drawn_is_a_scenario() -> None:
    seed = next(seed for seed in range(100) if draw_pool(seed, 600.0) is not None)
    drawn = draw(seed, 10.0)
    assert drawn.pool is not None
    assert "expired_token" in {fault.kind for fault in drawn.scenario().faults}
