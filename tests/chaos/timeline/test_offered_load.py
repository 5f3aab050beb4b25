"""From a scenario's load to intents."""

import random
from typing import Any

import pytest

from tidegate.chaos.timeline.offered_load import intents, moments, outages
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario


def scenario(**parts: object) -> Scenario:
    return Scenario.model_validate({"name": "test", "seconds": 60, **parts})


def test_a_rate_is_spread_evenly_over_its_span() -> None:
    given = scenario(load=[{"from": "10s", "for": "2s", "rate": "2/s"}])
    assert [intent.start_s for intent in intents(given, random.Random(1))] == [10.0, 10.5, 11.0, 11.5]


def test_a_rate_without_an_end_goes_on_to_the_end_of_the_run_and_not_beyond() -> None:
    given = scenario(load=[{"rate": "1/s"}, {"from": "50s", "until": "90s", "rate": "1/s"}])
    assert len(intents(given, random.Random(1))) == 60 + 10


def test_a_burst_comes_at_once_at_the_beginning_of_its_span() -> None:
    given = scenario(load=[{"from": "5s", "burst": 3}])
    assert [intent.start_s for intent in intents(given, random.Random(1))] == [5.0, 5.0, 5.0]


def test_intents_are_in_order_and_each_has_an_id_of_its_own() -> None:
    given = scenario(load=[{"rate": "1/s"}, {"from": "5s", "burst": 20}])
    made = intents(given, random.Random(1))
    assert [intent.start_s for intent in made] == sorted(intent.start_s for intent in made)
    assert len({intent.id for intent in made}) == len(made) == 80


def test_the_mix_weighs_the_stories() -> None:
    given = scenario(load=[{"burst": 1000, "mix": {"payment": 3, "read": 1}}])
    reads = sum(intent.story == "read" for intent in intents(given, random.Random(1)))
    assert 200 < reads < 300


def test_one_seed_gives_the_same_intents_again_and_another_gives_others() -> None:
    given = scenario(load=[{"burst": 50, "mix": {"payment": 1, "read": 1}}])
    assert intents(given, random.Random(1)) == intents(given, random.Random(1))
    assert intents(given, random.Random(1)) != intents(given, random.Random(2))


@pytest.mark.parametrize(
    ("mix", "what"),
    [
        pytest.param({"refund": 1}, "nobody plays the story 'refund'; the stories are payment, read", id="unknown"),
        pytest.param({"payment": 0}, "every weight in `mix` is 0", id="no weight at all"),
    ],
)
def test_a_mix_that_cannot_be_played_is_a_clear_error(mix: dict[str, int], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        intents(scenario(load=[{"burst": 1, "mix": mix}]), random.Random(1))


def test_outages_are_windows_and_one_without_an_end_lasts_to_the_end_of_the_run() -> None:
    given = scenario(
        faults=[
            {"kind": "outage", "from": "5s", "for": "10s"},
            {"kind": "reset_before"},
            {"kind": "outage", "from": "40s"},
        ]
    )
    assert outages(given) == [(5.0, 15.0), (40.0, 60.0)]


@pytest.mark.parametrize("load", [{"rate": "99999999/s"}, {"burst": 1_000_000, "rate": "1/s"}])
def test_a_load_that_nobody_could_play_is_refused_before_it_takes_the_memory(load: dict[str, Any]) -> None:
    given = scenario(seconds=600, load=[load])
    with pytest.raises(UsageError, match="is more than can be played, 1,000,000"):
        moments(given, given.load[0])
