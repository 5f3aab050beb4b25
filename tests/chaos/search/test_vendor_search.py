"""A search about an invented vendor keeps every promise, finds planted bugs, and says how to repeat what it found."""

import os

import pytest

from tests.chaos.hunt import named
from tests.chaos.kiosk import kiosk
from tests.chaos.mutants import planted
from tidegate.chaos.play.trial_verdict import judged
from tidegate.chaos.search.search import Failure, drawn_for, replay, search

SEEDS = int(os.environ.get("TIDEGATE_VENDOR_SEEDS", "3"))
"""50 in `make chaos`."""
MINUTES = 2.0

BUGS = {
    "a_sent_post_is_resent_without_a_plan": (0, "doubled"),
    "the_limiter_lends_one_more": (1, "over quota"),
    "a_running_call_is_begun_again": (1, "doubled"),
}
"""Bugs, the seed of four minutes that finds each, and the promise that it breaks: a plan, a limit, a key."""


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(kiosk(tmp_path_factory.mktemp("own")).path)


def test_every_promise_is_kept(vendor: str) -> None:
    for seed in range(SEEDS):
        verdict = judged(drawn_for(seed, MINUTES, (vendor,)))
        assert verdict.broken == (), seed
        assert verdict.calls > 0


def test_the_command_searches_several_vendors_at_once(vendor: str) -> None:
    heard: list[int] = []
    result = search(range(2), 0.5, lambda: 0.0, lambda count, _: heard.append(count), (vendor, "slack"))
    assert (result.failures, heard) == ([], [1, 2])


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(vendor: str, bug: str) -> None:
    seed, promise = BUGS[bug]
    with planted(named(bug)):
        broken = judged(drawn_for(seed, 4.0, (vendor,))).broken
    assert promise in {sentence.partition(":")[0] for sentence in broken}


def test_a_seed_is_played_again_whole_or_with_some_of_its_pieces(vendor: str) -> None:
    whole, verdict = replay(4, 0.5, None, (vendor,))
    assert (verdict.seed, verdict.broken) == (4, ())
    some, fewer = replay(4, 0.5, [0], (vendor,))
    assert some.pieces == whole.pieces[:1]
    assert 0 < fewer.calls <= verdict.calls


def test_a_failure_names_the_vendors_in_its_command() -> None:
    failure = Failure(9, 10.0, ("lost: x",), (1,), (), small=True, vendors=("shop", "my vendors/kiosk"))
    assert failure.command == "tidegate chaos replay 9 --vendor shop --vendor 'my vendors/kiosk' --minutes 10 --keep 1"
