"""The stage is only where a rule is, and what it hands on is the request as it may leave."""

from types import SimpleNamespace
from typing import Any

from tests.proxy.examples import call, plan, reply
from tidegate.chaos.world.virtual_loop import run
from tidegate.policy.data import Data
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.policies.residency.vendor_residency import NO_RESIDENCY, VendorResidency
from tidegate.proxy.stages.guards import residency


def upstream(of: VendorResidency) -> Any:
    return SimpleNamespace(name="shop", residency=of, facts=SimpleNamespace(personal_data=("/email",)))


async def proceed(_: Call) -> Reply:
    return reply()


def played(stage: Handler, asked: Call) -> Reply:
    async def story() -> Reply:
        return await stage(asked)

    return run(story)


def test_an_operation_without_a_rule_is_given_back_as_it_was() -> None:
    assert residency.stage(plan(), upstream(NO_RESIDENCY), proceed) is proceed


def test_what_is_handed_on_is_what_may_leave() -> None:
    watch = ResidencyWatch(ResidencyRules())
    stage = residency.stage(plan(data=Data(otherwise="drop")), upstream(VendorResidency(watch, "us")), proceed)
    asked = call(content=WholeContent(b'{"email": "a", "n": 1}'), path="/v1/refunds?email=a&b=1")
    asked.raw_headers = ((b"Content-MD5", b"x"), (b"Accept", b"*/*"))
    assert played(stage, asked).status == 200
    assert (asked.content.whole, asked.content.framing) == (b'{"n":1}', b"Content-Length: 7\r\n")
    assert (asked.path, list(asked.raw_headers)) == ("/v1/refunds?b=1", [(b"Accept", b"*/*")])
    assert asked.cleared is asked.content
    assert asked.residency is not None
    assert asked.residency.fields == ("/email",)


def test_a_websocket_is_refused_where_a_field_may_not_leave() -> None:
    watch = ResidencyWatch(ResidencyRules())
    stage = residency.stage(plan(data=Data(otherwise="drop")), upstream(VendorResidency(watch, "us")), proceed)
    asked = call()
    asked.upgrade = True
    refused = played(stage, asked)
    assert refused.problem is not None
    assert refused.problem.name == "residency-denied"
