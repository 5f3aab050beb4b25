"""What is accepted is on the disk, and the app can follow it to the vendor's answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import APPS, VENDOR, Answer, Step, Town, both, by, play
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.store.records import KeyedCall

JSON = {"Content-Type": "application/json"}
MADE: Step = (201, {"Location": "/api/things/7", "Content-Type": "application/json"}, b'{"id": 7}')


def deferring(when: Any, **more: Any) -> dict[str, Any]:
    """The town with PostThings deferred so; `more` are other operations."""
    things = {"PostThings": {"idempotency": "vendor-key", "defer": when}}
    return {"operations": {**VENDOR["operations"], **things, **more}}


async def post(town: Town, body: bytes = b'{"a": 1}', **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await town.ask("POST", "/things/things", data=body, headers=JSON | named)


async def record(town: Town, answer: Answer, **headers: str) -> dict[str, Any]:
    path = f"/_tidegate/calls/{answer.headers['Location'].rpartition('/')[2]}"
    got = await town.ask("GET", path, headers=headers)
    document: dict[str, Any] = json.loads(got.body)
    return document


async def ended(town: Town, answer: Answer) -> dict[str, Any]:
    """The record once the write has ended."""
    document = await record(town, answer)
    for _ in range(2000):
        if document["state"] not in ("queued", "waiting", "unknown", "leased", "sending"):
            break
        await town.world.sleep(1.0)
        document = await record(town, answer)
    return document


def test_a_write_is_accepted_and_its_answer_is_there_later(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, dict[str, Any], Answer]:
        accepted = await post(town)
        document = await ended(town, accepted)
        path = accepted.headers["Location"].partition("/_")[2]
        return accepted, document, await town.ask("GET", f"/_{path}/answer")

    accepted, document, answer = play(tmp_path, [MADE], story, **deferring("always"))
    assert (accepted.status, accepted.headers["Retry-After"], accepted.problem) == (202, "2", "")
    assert accepted.headers["Location"].startswith("http://127.0.0.1:")
    assert json.loads(accepted.body)["state"] == "queued"
    assert (document["state"], document["outcome"], document["status"]) == ("done", "done", 201)
    assert document["answer"]["body"] == '{"id": 7}'
    assert [attempt["outcome"] for attempt in document["attempts"]] == ["done"]
    assert (answer.status, answer.body, answer.headers["Location"]) == (201, b'{"id": 7}', "/things/things/7")


def test_what_is_stored_holds_no_credential(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        headers = by("shop", X_Api_Key="tg_shop", Tidegate_Timeout="9s", Te="trailers", Accept="a/b")
        accepted = await town.ask("POST", "/things/things?x=1", data=b"kept", headers=headers)
        return await town.proxy.parts.store.deliveries.find(json.loads(accepted.body)["call"])

    stored = play(tmp_path, ["hang"], story, config={"tokens": APPS}, **deferring("always"))
    names = {name.lower() for name, _ in json.loads(stored.new.headers)}
    assert (stored.new.body, stored.new.destination) == (b"kept", "/things?x=1")
    assert "accept" in names
    assert not names & {"authorization", "x-api-key", "tidegate-timeout", "te", "host", "content-length"}
    assert b"tg_shop" not in stored.new.headers


def test_only_its_own_app_sees_it(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        accepted = await town.ask("POST", "/things/things", data=b"a", headers=by("shop"))
        path = "/_" + accepted.headers["Location"].partition("/_")[2]
        await town.world.sleep(5.0)
        asked = [
            await town.ask("GET", path + end, headers=by(app)) for app in ("shop", "desk") for end in ("", "/answer")
        ]
        return [answer.status for answer in asked]

    assert play(tmp_path, [MADE], story, config={"tokens": APPS}, **deferring("always")) == [200, 201, 404, 404]


def test_the_same_key_is_the_same_write(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        first = await post(town, Idempotency_Key="k1")
        again = await post(town, Idempotency_Key="k1")
        other = await post(town, b'{"a": 2}', Idempotency_Key="k1")
        await ended(town, first)
        late = await post(town, Idempotency_Key="k1")
        return first, again, other, late, len(town.vendor.received)

    first, again, other, late, received = play(tmp_path, [MADE], story, **deferring("always"))
    assert (first.status, first.headers["Idempotency-Key"]) == (202, "k1")
    assert (again.status, again.headers["Location"]) == (202, first.headers["Location"])
    assert (other.status, other.problem) == (422, "idempotency-mismatch")
    assert (late.status, late.body, late.headers["Idempotency-Replayed"]) == (201, b'{"id": 7}', "true")
    assert received == 1


@pytest.mark.parametrize(
    ("prefer", "status", "applied"),
    [("respond-async", 202, "respond-async"), ("respond-async, wait=5", 201, None), ("wait=5", 201, None)],
)
def test_an_app_may_ask_for_it(tmp_path: Path, prefer: str, status: int, applied: str | None) -> None:
    async def story(town: Town) -> Any:
        answer = await post(town, Prefer=f"{prefer}, return=minimal")
        await town.world.sleep(5.0)
        return answer, [seen.headers.get("Prefer") for seen in town.vendor.received]

    answer, seen = play(tmp_path, [MADE], story, **deferring({"when": "never"}))
    assert (answer.status, answer.headers.get("Preference-Applied")) == (status, applied)
    assert seen == ["return=minimal" if "respond-async" in prefer else f"{prefer}, return=minimal"]


def test_a_wish_that_is_ignored_goes_on_to_the_vendor(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        answer = await post(town, Prefer="respond-async")
        return answer.status, town.vendor.received[0].headers.get("Prefer")

    changes = deferring({"when": "when-unavailable", "prefer": "ignore"})
    assert play(tmp_path, [MADE], story, **changes) == (201, "respond-async")


def test_a_call_that_takes_longer_than_the_app_waits_goes_on(tmp_path: Path) -> None:
    async def slow(town: Town) -> Any:
        async def late(_: object) -> Any:
            await town.world.sleep(2.5)
            return MADE

        town.vendor.script = [late]
        began = town.world.now()
        answer = await post(town, Prefer="respond-async, wait=1")
        took = town.world.now() - began
        document = await ended(town, answer)
        town.proxy.telemetry.flush()
        lines = [json.loads(line) for chunk in town.lines for line in chunk.splitlines()]
        told = [len(line["attempts"]) for line in lines if line.get("operation") == "PostThings" and line["attempts"]]
        return answer.status, round(took, 1), document["state"], document["answer"]["body"], told

    found = play(tmp_path, [MADE], slow, **deferring({"when": "never"}))
    assert found == (202, 1.0, "done", '{"id": 7}', [1]), "and the log tells of the call that went on"


@pytest.mark.parametrize("broken", ["reset", "hang", 503, 429, 500])
def test_a_vendor_that_is_away_gets_it_later(tmp_path: Path, broken: Step) -> None:
    async def story(town: Town) -> Any:
        answer = await post(town)
        town.vendor.script = [MADE]
        document = await ended(town, answer)
        keys = {seen.headers["Idempotency-Key"] for seen in town.vendor.received}
        return answer.status, document["state"], document["answer"]["body"], len(keys)

    found = play(tmp_path, [broken], story, **deferring("when-unavailable"))
    assert found == (202, "done", '{"id": 7}', 1)


@pytest.mark.parametrize("answer", [201, 400, 404, 401])
def test_what_the_vendor_decides_passes(tmp_path: Path, answer: int) -> None:
    async def story(town: Town) -> int:
        return (await post(town)).status

    got = play(tmp_path, [answer], story, **deferring("when-unavailable"))
    assert got == (502 if answer == 401 else answer)


def test_a_write_that_nothing_makes_safe_is_deferred_only_where_nothing_was_sent(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        unsure = await town.ask("POST", "/things/shots", data=b"a")
        town.vendor_machine.crash()
        away = await town.ask("POST", "/things/shots", data=b"a")
        return (unsure.status, unsure.problem), away.status

    changes: dict[str, Any] = {
        "operations": {**VENDOR["operations"], "PostShots": {"idempotency": "never-resend", "unavailable": "defer"}}
    }
    assert play(tmp_path, ["reset"], story, **changes) == ((504, "outcome-unknown"), 202)


@pytest.mark.parametrize(("broken", "told", "rows"), [(503, 503, 0), (500, 500, 0), ("reset", 504, 1)])
def test_only_a_call_whose_app_is_told_that_nobody_knows_is_taken_up(
    tmp_path: Path, broken: Step, told: int, rows: int
) -> None:
    async def story(town: Town) -> Any:
        answer = await post(town)
        return answer.status, sum(depth.rows for depth in await town.proxy.parts.store.deliveries.depths())

    changes = deferring({"when": "never", "prefer": "ignore"})
    assert play(tmp_path, [broken] * 3, story, **changes) == (told, rows), "an app may ask anew after a 503"


def test_a_body_that_is_not_kept_cannot_wait(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        answer = await post(town, b"x" * 5000)
        return answer.status, json.loads(answer.body)["error"]["message"]

    status, message = play(tmp_path, [MADE], story, config={"body_kept_bytes": 1024}, **deferring("always"))
    assert status == 413
    assert "larger than body_kept_bytes" in message


def test_a_write_does_not_overtake_one_with_its_order_key(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        first = await post(town, b'{"order": 5, "n": 1}')
        town.vendor.script = [MADE]
        second = await post(town, b'{"order": 5, "n": 2}')
        other = await post(town, b'{"order": 6, "n": 3}')
        await ended(town, second)
        bodies = [json.loads(seen.body)["n"] for seen in town.vendor.received]
        return first.status, second.status, other.status, bodies[-1], (await ended(town, first))["state"]

    changes = deferring({"when": "when-unavailable", "order_by": "/order"})
    found = play(tmp_path, [503], story, **changes)
    assert found == (202, 202, 201, 2, "done")


def test_a_write_that_a_dead_proxy_sent_stays_unknown_behind_others_of_its_order(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        first = await post(town, body := b'{"order": 5, "n": 1}')
        store = town.proxy.parts.store
        ahead = (await store.deliveries.find(json.loads(first.body)["call"])).new  # type: ignore[union-attr]  # it was just made
        began = KeyedCall(
            ahead.app, ahead.vendor, ahead.operation, "k1", "local:k1", ahead.fingerprint, "dead", 20.0, 9e4, 9e4
        )
        await store.records.begin(began, store.records.now())
        await store.records.finish("dead", Outcome.UNKNOWN, now=store.records.now())
        again, fresh = await post(town, body, Idempotency_Key="k1"), await post(town, body, Idempotency_Key="k2")
        return [json.loads(one.body)["state"] for one in (again, fresh)]

    changes = deferring({"when": "when-unavailable", "order_by": "/order"})
    assert play(tmp_path, [503], story, **changes) == ["unknown", "queued"]


@pytest.mark.parametrize("bounds", [{"backlog_max": 2}, {"backlog_max_bytes": 400}])
def test_a_full_outbox_refuses_and_drops_nothing(bounds: dict[str, int], tmp_path: Path) -> None:
    async def story(town: Town) -> list[tuple[int, str]]:
        answers = [await post(town, b'{"a": "%b"}' % (b"a" * 50)) for _ in range(3)]
        return [(answer.status, answer.problem) for answer in answers]

    found = play(tmp_path, ["hang"], story, config={"outbox": bounds}, **deferring("always"))
    assert found == [(202, ""), (202, ""), (503, "overloaded")]


def test_many_at_once_are_carried_out_once_each(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await both(*(post(town, b'{"n": %d}' % n, Idempotency_Key=f"k{n}") for n in range(50)))
        town.vendor.script = [MADE]
        for one in accepted:
            await ended(town, one)
        return {one.status for one in accepted}, len({seen.body for seen in town.vendor.received[-50:]})

    statuses, bodies = play(tmp_path, [503] * 7 + [MADE], story, **deferring("always"))
    assert (statuses, bodies) == ({202}, 50)
