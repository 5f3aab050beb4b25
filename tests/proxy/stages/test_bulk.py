"""Tests of tidegate.proxy.stages.bulk: it stands in no other pipeline, and lets every other call pass."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.proxy.examples import call, plan, reply
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
