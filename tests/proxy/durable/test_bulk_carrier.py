"""Deferred writes that are joined: each is carried out once, and settled by what the vendor says of it alone."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.joining import JSON, LATER, BatchVendor, joining, many, states
from tests.proxy.stages.test_defer import MADE, ended, post, record
from tests.proxy.town import APPS, Answer, Town, both, by, play


def test_writes_are_joined_and_each_app_reads_its_own_answer(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        accepted = await many(town, 5)
        await town.world.sleep(10.0)
        documents = [await record(town, one) for one in accepted]
        logged = [line for line in town.log() if line.get("operation") == "PostThingsBatch"]
        return documents, [line.get("deliveries", [line.get("delivery")]) for line in logged]

    documents, logged = play(tmp_path, [vendor.answer], story, **joining())
    assert sorted(item["n"] for body in vendor.bodies for item in body) == [0, 1, 2, 3, 4]
    assert len(vendor.bodies) == 3  # after a start one goes first, then two
    assert [json.loads(document["answer"]["body"]) for document in documents] == [{"n": n, "s": 201} for n in range(5)]
    assert {document["state"] for document in documents} == {"done"}
    assert set(vendor.made) == {f"k{n}" for n in range(5)}
    assert sorted(map(len, logged)) == sorted(map(len, vendor.bodies))
    assert {name for names in logged for name in names} == {document["call"] for document in documents}


@pytest.mark.parametrize("count", [7, 50])
def test_no_request_is_larger_than_the_size(tmp_path: Path, count: int) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        return await states(town, await many(town, count))

    assert play(tmp_path, [vendor.answer], story, **joining({"size": 3})) == [("done", 201)] * count
    assert max(map(len, vendor.bodies)) == 3
    assert sorted(vendor.made.values()) == [1] * count


def test_each_row_is_settled_by_its_own_result(tmp_path: Path) -> None:
    """Refused, failed, throttled, without a result: each at first, and the others are not touched by it."""
    first = {1: 422, 2: 503, 3: 429, 4: 0, 5: 201}
    seen = Counter[int]()

    def says(item: dict[str, Any]) -> int:
        seen[item["n"]] += 1
        return first.get(item["n"], 201) if seen[item["n"]] == 1 or item["n"] == 1 else 201

    vendor = BatchVendor(says)

    async def story(town: Town) -> Any:
        await states(town, await many(town, 10, first=100))  # so that more than one goes at once
        accepted = await many(town, 6)
        await town.world.sleep(1.0)
        before = [(await record(town, one))["state"] for one in accepted]
        return before, await states(town, accepted), [(await record(town, one)).get("reason") for one in accepted]

    before, after, reasons = play(tmp_path, [vendor.answer], story, **joining({"within": "0.2s"}, **LATER))
    assert before == ["done", "dead", "unknown", "waiting", "unknown", "done"]
    assert after == [("done", 201), ("dead", 422), ("done", 201), ("done", 201), ("done", 201), ("done", 201)]
    assert reasons == [None, "rejected", None, None, None, None]
    assert set(vendor.made.values()) == {1}
    assert [seen[n] for n in range(6)] == [1, 1, 2, 2, 2, 1]


def test_those_of_one_order_key_go_one_after_the_other(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        accepted = [await post(town, b'{"n": %d, "o": "o%d"}' % (n, n % 2)) for n in range(6)]
        return await states(town, accepted)

    policy = joining({"within": "0.2s"}, order_by="/o", order="skip", skip_after=1)
    assert play(tmp_path, [vendor.answer], story, **policy) == [("done", 201)] * 6
    assert all(len({item["o"] for item in body}) == len(body) for body in vendor.bodies)
    order = [item["n"] for body in vendor.bodies for item in body]
    assert ([n for n in order if n % 2], [n for n in order if not n % 2]) == ([1, 3, 5], [0, 2, 4])


def test_what_was_sent_live_is_resolved_by_its_own_operation(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town, b'{"n": 1}', Idempotency_Key="k")
        town.vendor.script = [MADE]
        document = await ended(town, accepted)
        return document["state"], {(seen.path, seen.headers["Idempotency-Key"]) for seen in town.vendor.received}

    found = play(tmp_path, ["hang"], story, **joining(when="when-unavailable"))
    assert found == ("done", {("/api/things", "k")})


@pytest.mark.parametrize("body", [b'[{"n": 1}]', b'{"key": "mine"}', b"n=1", '{"n": 1}'.encode("utf-16")])
def test_what_cannot_be_an_item_goes_by_itself(tmp_path: Path, body: bytes) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town, body)
        return (await ended(town, accepted))["state"], [(seen.path, seen.body) for seen in town.vendor.received]

    assert play(tmp_path, [MADE], story, **joining()) == ("done", [("/api/things", body)])


def test_the_writes_of_two_apps_are_not_joined_and_their_keys_do_not_meet(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        async def ask(app: str, n: int) -> Answer:
            headers = by(app, Idempotency_Key=f"k{n}") | JSON
            return await town.ask("POST", "/things/things", data=b'{"n": %d}' % n, headers=headers)

        await both(*(ask(app, n) for n in range(6) for app in ("shop", "desk")))
        await town.world.sleep(30.0)

    play(tmp_path, [vendor.answer], story, config={"tokens": APPS}, **joining({"within": "0.2s"}))
    apps = [{item["key"].partition(":")[0] for item in body} for body in vendor.bodies]
    assert {len(names) for names in apps} == {1}
    assert set(vendor.made) == {f"{app}:k{n}" for app in ("shop", "desk") for n in range(6)}
