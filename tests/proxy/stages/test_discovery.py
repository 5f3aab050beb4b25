"""Calls to a vendor in report mode are noted as the app sent them; those to another are not, and cost nothing."""

import json
from pathlib import Path
from typing import Any

from tests.proxy.stages.test_defer import deferring, ended, post
from tests.proxy.town import VENDOR, Town, play

REPORTING = {"policy": {**VENDOR["policy"], "unlisted": "report"}}


def noted(folder: Path, script: Any, story: Any, **changes: Any) -> tuple[Any, list[Any], Any]:
    """The story's result, the operations that were found, and the catalog."""

    async def told(town: Town) -> Any:
        result = await story(town)
        recorder = town.proxy.parts.discovery
        recorder.flush()
        host = "things.example"
        found = recorder.catalog.operations(host) if host in recorder.catalog.hosts else []
        return result, [(one.method, one.template, one.record) for one in found], recorder.catalog

    result, operations, catalog = play(folder, script, told, **(REPORTING | changes))
    return result, operations, catalog


def test_operations_of_the_document_and_others_are_found(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        for number in (1, 2):
            await town.ask("GET", f"/things/things/{number}?expand=a")
        await town.ask("POST", "/things/unknown/path", headers={"Idempotency-Key": "k"}, data=b"x")

    _, operations, catalog = noted(tmp_path, [(200, {"X-RateLimit-Limit": "5", "Content-Type": "a/b"}, b"")], story)
    (post_, other), (get, thing) = ((one[0], one[2]) for one in sorted(operations, key=lambda one: one[0] != "POST"))
    assert (post_, get) == ("POST", "GET")
    assert [one[1] for one in sorted(operations)] == ["/api/things/{}", "/api/unknown/path"]
    assert (thing.calls, thing.of("queried"), thing.of("operations")) == (2, {"expand": 2}, {"GetThing": 2})
    assert (other.keyed, other.of("operations"), other.of("auth")) == (1, {}, {"bearer": 1})
    assert thing.of("limits") == {"x-ratelimit-limit": 2}
    assert thing.of("answered_types") == {"a/b": 2}
    assert catalog.hosts["things.example"].vendor == "things"


def test_an_app_that_sends_a_write_again_without_a_key_is_noticed(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        answers = [await town.ask("POST", "/things/shots", data=b"same") for _ in range(2)]
        answers += [await town.ask("POST", "/things/shots", data=b"other")]
        return [answer.status for answer in answers]

    statuses, [(_, _, shots)], catalog = noted(tmp_path, [500, 200], story)
    assert statuses == [500, 200, 200]
    assert (shots.unsafe, shots.calls) == (1, 3)
    assert [one.path for one in catalog.unsafe] == ["/api/shots"]


def test_what_we_refused_ourselves_is_no_write_that_may_have_happened(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await town.vendor.stop_listening()
        for _ in range(2):
            await town.ask("POST", "/things/shots", data=b"same")

    _, [(_, _, shots)], _ = noted(tmp_path, [200], story)
    assert (shots.unsafe, shots.of("statuses")) == (0, {"503": 2})


def test_what_a_worker_carries_out_is_no_call_of_an_app(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await ended(town, await post(town, json.dumps({"a": 1}).encode()))

    _, [(_, _, things)], _ = noted(tmp_path, [200], story, **deferring("always"))
    assert (things.calls, things.of("statuses")) == (1, {"202": 1})


def test_a_vendor_that_is_not_in_report_mode_is_not_noted(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await town.ask("GET", "/things/things/1")

    _, operations, catalog = noted(tmp_path, [200], story, policy=VENDOR["policy"])
    assert (operations, catalog.calls) == ([], 0)
