"""Tests of tidegate.proxy.policies.resilience.peer_watch."""

from tidegate.proxy.policies.resilience.peer_watch import BEAT_EVERY_S, DEAD_AFTER_S, PeerWatch
from tidegate.proxy.store.records import LEASE_MARGIN_S


def test_a_peer_whose_beats_stand_still_while_somebody_looks_is_dead() -> None:
    watch, dead_at = PeerWatch(), 0.0
    for look in range(10):
        now = 1000.0 + look * BEAT_EVERY_S
        dead = watch.look({1: 7, 2: look}, now)
        assert 2 not in dead
        if dead and not dead_at:
            dead_at = now - 1000.0
    assert dead_at == DEAD_AFTER_S


def test_a_store_that_was_away_for_an_hour_kills_nobody() -> None:
    watch = PeerWatch()
    for look in range(4):
        watch.look({1: 7}, 1000.0 + look * BEAT_EVERY_S)
    assert watch.look({1: 7}, 5000.0) == [], "nobody could beat meanwhile"
    assert watch.look({1: 8}, 5005.0) == []


def test_one_beat_begins_the_count_anew_and_so_does_an_uptime_that_goes_back() -> None:
    watch = PeerWatch()
    for look in range(6):
        watch.look({1: 7}, 1000.0 + look * BEAT_EVERY_S)
    watch.look({1: 8}, 1030.0)
    for look in range(6):
        assert watch.look({1: 8}, 1035.0 + look) == [], "looks that follow quickly count for as little"
    assert watch.look({1: 8}, 0.0) == []


def test_a_peer_that_has_gone_is_forgotten() -> None:
    watch = PeerWatch()
    for look in range(9):
        watch.look({1: 7}, look * BEAT_EVERY_S)
    assert watch.look({}, 50.0) == []
    assert watch.look({1: 7}, 55.0) == []


def test_no_pause_that_a_lease_allows_makes_a_proxy_dead() -> None:
    assert DEAD_AFTER_S > LEASE_MARGIN_S
