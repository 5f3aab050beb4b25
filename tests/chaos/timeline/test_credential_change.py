"""Some seeds have a credential that changes; the others, and those with a pool, are drawn as if there were none."""

from itertools import pairwise

from tidegate.chaos.timeline.credential_change import (
    APART_S,
    EXCHANGE_SHARE,
    TOKEN_SHARE,
    DrawnExchange,
    DrawnTokens,
    draw_change,
)
from tidegate.chaos.timeline.draw import draw
from tidegate.chaos.timeline.pool import draw_pool

SECONDS = 600.0
DRAWN = [drawn for seed in range(600) if (drawn := draw_change(seed, SECONDS)) is not None]
TOKENS = [(change, pieces) for change, pieces in DRAWN if isinstance(change, DrawnTokens)]
EXCHANGES = [change for change, _ in DRAWN if isinstance(change, DrawnExchange)]


def test_about_so_many_as_they_should_have_one() -> None:
    assert 0.6 * TOKEN_SHARE <= len(TOKENS) / 600 <= 1.4 * TOKEN_SHARE
    assert 0.6 * EXCHANGE_SHARE <= len(EXCHANGES) / 600 <= 1.4 * EXCHANGE_SHARE


def test_tokens_are_revoked_at_moments_apart_and_both_grants_and_all_troubles_come() -> None:
    assert {change.grant for change, _ in TOKENS} == {"client_credentials", "refresh_token"}
    assert {piece["kind"] for _, pieces in TOKENS for piece in pieces} == {"error", "latency", "reset_after"}
    for change, _ in TOKENS:
        moments = change.revoked_s
        assert 0 < moments[0] <= moments[-1] < SECONDS
        assert all(later - one >= APART_S for one, later in pairwise(moments))


def test_one_of_both_keys_at_least_is_taken_at_every_moment() -> None:
    assert {change.early for change in EXCHANGES} == {True, False}
    for change in EXCHANGES:
        assert change.taken_s <= change.ended_s
        assert change.source_s <= change.ended_s
        assert change.ended_s < SECONDS


def test_a_scenario_has_a_pool_or_a_change_and_its_pieces_can_be_played() -> None:
    for seed in range(100):
        drawn = draw(seed, 10.0)
        assert drawn.pool is None or drawn.change is None
        assert drawn.pool is not None or (drawn.change is None) == (draw_change(seed, SECONDS) is None)
    seed = next(n for n in range(600) if not draw_pool(n, SECONDS) and (one := draw_change(n, SECONDS)) and one[1])
    assert "oauth.token" in {name for fault in draw(seed, 10.0).scenario().faults for name in fault.aimed_operations}
