"""Tests of tidegate.proxy.policies.caching.freshness."""

from typing import Any

import pytest

from tests.proxy.policies.stored_answers import DATE, PRIVATE, SHARED, WALL, headers, kept, rules
from tidegate.policy.cache import Cache
from tidegate.proxy.policies.caching.freshness import HEURISTIC_MAX_S, judged_by, renewed

LATER = "Sun, 06 Nov 1994 08:50:37 GMT"
EARLIER = "Sun, 06 Nov 1994 08:48:37 GMT"
LONG_AGO = "Sun, 06 Nov 1994 08:32:57 GMT"
"""1000 s before DATE."""


@pytest.mark.parametrize(
    ("given", "lines", "lifetime_s"),
    [
        pytest.param(PRIVATE, {}, 0, id="nobody says"),
        pytest.param(PRIVATE, {"Cache_Control": "max-age=5"}, 5, id="max-age"),
        pytest.param(PRIVATE, {"Cache_Control": "max-age=5", "Expires": LATER}, 5, id="max-age before Expires"),
        pytest.param(PRIVATE, {"Cache_Control": "max-age=no", "Expires": LATER}, 0, id="nonsense is stale"),
        pytest.param(PRIVATE, {"Cache_Control": "s-maxage=5"}, 0, id="s-maxage is not for a private cache"),
        pytest.param(SHARED, {"Cache_Control": "s-maxage=5, max-age=9"}, 5, id="s-maxage first for a shared one"),
        pytest.param(PRIVATE, {"Expires": LATER, "Date": DATE}, 60, id="Expires against Date"),
        pytest.param(PRIVATE, {"Expires": LATER}, 60, id="Expires without Date against our clock"),
        pytest.param(PRIVATE, {"Expires": EARLIER, "Date": DATE}, 0, id="Expires in the past"),
        pytest.param(PRIVATE, {"Expires": "0", "Date": DATE}, 0, id="Expires that is no date"),
        pytest.param(PRIVATE, {"Last_Modified": LONG_AGO, "Date": DATE}, 0, id="no guess unless asked for"),
        pytest.param(rules(heuristic="10%"), {"Last_Modified": LONG_AGO, "Date": DATE}, 100, id="a tenth of its age"),
        pytest.param(rules(heuristic="100%"), {"Last_Modified": LONG_AGO, "Date": DATE}, HEURISTIC_MAX_S, id="bounded"),
        pytest.param(rules(heuristic="10%"), {"Last_Modified": LATER, "Date": DATE}, 0, id="modified in the future"),
        pytest.param(rules(fresh="2s"), {}, 2, id="what our file gives"),
        pytest.param(rules(fresh="2s"), {"Cache_Control": "max-age=0"}, 0, id="the vendor's word wins"),
        pytest.param(rules(fresh="2s"), {"Expires": EARLIER}, 0, id="also by Expires"),
        pytest.param(
            rules(fresh="2s", despite=("max-age",)),
            {"Cache_Control": "max-age=0", "Expires": EARLIER},
            2,
            id="set aside",
        ),
    ],
)
def test_how_long_an_answer_is_fresh(given: Cache, lines: dict[str, str], lifetime_s: float) -> None:
    assert kept(given, **lines).lifetime_s == lifetime_s


@pytest.mark.parametrize(("status", "lifetime_s"), [(200, 2), (204, 2), (404, 0), (500, 0), (301, 0)])
def test_our_files_lifetime_is_for_good_answers_only(status: int, lifetime_s: float) -> None:
    assert kept(rules(fresh="2s"), status=status).lifetime_s == lifetime_s


@pytest.mark.parametrize(
    ("lines", "initial_s"),
    [
        pytest.param({}, 2, id="as long as it was under way"),
        pytest.param({"Age": "10"}, 12, id="older by what a cache on the way says"),
        pytest.param({"Date": EARLIER}, 60, id="at least as old as its date"),
        pytest.param({"Date": LATER}, 2, id="a vendor's clock that is ahead makes nothing younger"),
        pytest.param({"Date": EARLIER, "Age": "100"}, 102, id="the older of the two"),
        pytest.param({"Age": "x"}, 2**31 + 2, id="nonsense is old"),
    ],
)
def test_how_old_an_answer_is_when_it_comes(lines: dict[str, Any], initial_s: float) -> None:
    one = kept(requested_at=3.0, received_at=5.0, **lines)
    assert one.initial_age_s == initial_s
    assert one.age_s(5.0 + 30) == initial_s + 30


def test_a_fraction_of_a_second_is_no_age() -> None:
    assert kept(wall=WALL + 0.9, Date=DATE).initial_age_s == 0.0


def test_a_confirmed_answer_is_as_fresh_as_the_confirmation_says() -> None:
    old = kept(Cache_Control="max-age=5", Age="4", body=b"the same")
    new = renewed(old, (), headers(Cache_Control="max-age=60"), (), PRIVATE, requested_at=99.0, now=100.0, wall=WALL)
    assert (new.body, new.lifetime_s, new.age_s(100.0)) == (b"the same", 60, 1.0)


def test_size_counts_more_than_the_body() -> None:
    assert kept(body=b"x" * 5000, X="y").size > 5000 + 1000


def test_an_answer_can_be_judged_anew() -> None:
    old = kept(rules(fresh="1h", despite=("no-cache",)), Cache_Control="no-cache", Date=DATE)
    new = judged_by(old, rules(fresh="5s"))
    assert (old.lifetime_s, "no-cache" in old.control) == (3600, False)
    assert (new.lifetime_s, "no-cache" in new.control, new.rules) == (5, True, rules(fresh="5s"))
    assert (new.received_at, new.body) == (old.received_at, old.body)
