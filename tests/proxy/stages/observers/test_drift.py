"""Answers are sampled off the way of calls, as the vendor gave them, and what has changed is told."""

import json
from pathlib import Path
from typing import Any

from tests.proxy.town import SECRET, VENDOR, Town, play

SAMPLING = {"policy": {**VENDOR["policy"], "drift": {"sample": "1/s"}}}
JSON = {"Content-Type": "application/json"}


def watched(folder: Path, script: Any, story: Any, **changes: Any) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
    """The story's result, what was found of the vendor, and the log."""

    async def told(town: Town) -> Any:
        result = await story(town)
        return result, town.proxy.parts.observation.overview(), town.log()

    result, overview, log = play(folder, script, told, **(SAMPLING | changes))
    return result, overview, log


def thing(**fields: object) -> Any:
    return (200, JSON, json.dumps({"id": "t_1", **fields}).encode())


async def _ask(town: Town, times: int, path: str = "/things/things") -> list[int]:
    statuses = []
    for _ in range(times):
        statuses.append((await town.ask("GET", path)).status)
        await town.world.sleep(2.0)
    return statuses


def test_answers_are_looked_at_and_the_app_gets_them_unchanged(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        return await _ask(town, 3)

    statuses, overview, _ = watched(tmp_path, [thing(n=1), thing(n=2), thing(n=3)], story)
    assert statuses == [200, 200, 200]
    assert overview["vendors"]["things"]["answers"] == 3
    assert overview["vendors"]["things"]["fields"] == 2


def test_an_answer_that_its_document_does_not_know_is_found_and_told(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await _ask(town, 2)

    _, overview, log = watched(tmp_path, [(203, JSON, b'{"a": 1}'), (203, JSON, b'{"a": 2}')], story)
    (found,) = overview["vendors"]["things"]["findings"]
    assert (found["kind"], found["operation"], found["count"]) == ("response-success-status-added", "GetThings", 2)
    (note,) = [line for line in log if line.get("note") == "the vendor's answers have changed"]
    assert (note["vendor"], note["kind"]) == ("things", "response-success-status-added")


def test_no_more_than_the_rate_and_nothing_but_json_of_the_vendors(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        for _ in range(20):
            await town.ask("GET", "/things/things")
        await town.world.sleep(5.0)
        await town.ask("GET", "/things/things/1")  # no JSON
        await town.ask("GET", "/things/unlisted")

    script = [thing(n=at) for at in range(20)] + [(200, {"Content-Type": "text/plain"}, b"x"), thing(n=99)]
    _, overview, _ = watched(tmp_path, script, story)
    assert overview["vendors"]["things"]["answers"] == 2


def test_a_vendor_whose_file_samples_nothing_costs_nothing(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await _ask(town, 2)

    _, overview, _ = watched(tmp_path, [thing()], story, policy=VENDOR["policy"])
    assert overview["vendors"] == {}


def test_a_secret_that_the_vendor_echoes_is_in_nothing_that_is_kept(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await _ask(town, 3)
        watch = town.proxy.parts.observation.watches["things"]
        town.proxy.parts.observation.flush()
        return [[*(sketch.words.seen if sketch.words else ())] for one in watch._sketches.values()
                for sketch in one.fields.values()]  # fmt: skip

    words, overview, _ = watched(tmp_path, [thing(n=at, echo=SECRET, state="open") for at in range(3)], story)
    assert ["open"] in words
    assert SECRET not in str(words) + str(overview)


def test_a_failure_is_an_answer_too_and_so_is_each_attempt(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await _ask(town, 1)
        await town.world.sleep(5.0)

    _, overview, _ = watched(tmp_path, [(503, JSON, b'{"error": {}}'), thing()], story)
    assert overview["vendors"]["things"]["answers"] >= 1
