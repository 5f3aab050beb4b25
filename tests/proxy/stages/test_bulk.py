"""Tests of tidegate.proxy.stages.bulk: it stands in no other pipeline, and lets every other call pass."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.proxy.durable.joining import JSON, OK, PATHS, BatchVendor, joining
from tests.proxy.examples import call, plan, reply
from tests.proxy.stages.test_defer import ended
from tests.proxy.town import Plain, Seen, Town, play
from tidegate.policy.deferral.bulk import Bulk
from tidegate.policy.deferral.defer import Defer
from tidegate.proxy.call.call import Call, CarriedDeliveries
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.stages.bulk import describe, stage

BULK = Bulk(operation="PostBatch", items="/items", results="/results", status="/status")
JOINED = plan(defer=Defer(when="always", bulk=BULK))


def upstream(deliveries: object) -> Any:
    return cast("Any", SimpleNamespace(deliveries=deliveries))


async def by_itself(made: Call) -> Reply:
    return reply(status=201 if made.carried is None else 202)


async def with_others(_: Call) -> Reply:
    return reply(status=207)


async def test_only_what_a_worker_wants_joined_is() -> None:
    handler = stage(JOINED, upstream(object()), by_itself)
    found = [None, CarriedDeliveries(("d1",)), CarriedDeliveries(("d1",), join=with_others)]
    assert [(await handler(replace(call(), carried=carried))).status for carried in found] == [201, 202, 207]


@pytest.mark.parametrize(("made", "deliveries"), [(plan(), object()), (JOINED, None)])
def test_where_nothing_is_joined_it_costs_nothing(made: Any, deliveries: object) -> None:
    assert stage(made, upstream(deliveries), by_itself) is by_itself


def test_it_is_described() -> None:
    assert (describe(JOINED), describe(plan())) == ("up to 20 joined within 1s by PostBatch", "none")


def test_a_read_of_what_a_joined_write_has_changed_is_asked_again(tmp_path: Path) -> None:
    vendor, part = BatchVendor(), "/things/parts/7"

    async def answer(seen: Seen) -> Plain:
        if seen.method == "GET":
            return 200, JSON | {"Cache-Control": "max-age=600"}, b"%d" % sum(vendor.made.values())
        return await vendor.answer(seen)

    async def story(town: Town) -> list[bytes]:
        reads = [await town.ask("GET", part), await town.ask("GET", part)]
        accepted = await town.ask("PUT", part, data=b'{"n": 1}', headers=JSON)
        assert (await ended(town, accepted))["state"] == "done"
        return [read.body for read in (*reads, await town.ask("GET", part))]

    changes = joining({"add": {"key": "{id}"}, "id": {"pointer": "/key", "value": "{id}"}})
    operations, things = changes["operations"], changes["operations"].pop("PostThings")
    operations |= {"PutPart": things | {"idempotency": "natural"}, "GetPart": {"cache": {"fresh": "10m"}}}
    names = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    methods = {method: {"operationId": f"{method.title()}Part", **OK} for method in ("get", "put")}
    changes["paths"] = PATHS | {"/parts/{id}": {"parameters": names, **methods}}
    assert play(tmp_path, [answer], story, **changes) == [b"0", b"0", b"1"]
