"""The rules by which an intent goes to one of several vendors."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from tests.waiting import settle
from tidegate.adapters.fallback.choice import FallbackPolicy, carried_out
from tidegate.adapters.fallback.decisions import Decision, DecisionBookInMemory, Standing
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Conflict,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    VendorContractBroken,
)
from tidegate.adapters.ports.payments import Declined

AWAY, LIMITED = Unavailable("away"), RateLimited("fast")
UNKNOWN = OutcomeUnknown("who knows", record_url="http://t/_tidegate/calls/c1")


class Town:
    """Two vendors whose next answers are written down; `asked` are those that were asked, in order."""

    def __init__(self, **answers: list[Any]) -> None:
        self.vendors: Mapping[str, list[Any]] = answers
        self.book = DecisionBookInMemory()
        self.asked: list[str] = []

    async def pursue(self, policy: FallbackPolicy = FallbackPolicy()) -> Any:  # noqa: B008 - it cannot be changed
        async def act(name: str, answers: list[Any]) -> Any:
            self.asked.append(name)
            answer = answers.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return await carried_out("k", self.vendors, self.book, act, policy)

    async def decision(self) -> Decision:
        found = await self.book.find("k")
        assert found is not None
        return found


async def test_the_first_vendor_that_is_there_is_asked_and_no_other() -> None:
    town = Town(a=["paid"], b=[])
    assert await town.pursue() == "paid"
    assert town.asked == ["a"]
    assert (await town.decision()).standing is Standing.SETTLED


@pytest.mark.parametrize("failure", [AWAY, LIMITED])
async def test_a_vendor_that_has_done_nothing_is_passed_over_and_that_is_written_down(failure: Exception) -> None:
    town = Town(a=[failure], b=["paid", "paid"])
    assert await town.pursue() == "paid"
    decision = await town.decision()
    assert (decision.vendor, decision.standing) == ("b", Standing.SETTLED)
    assert [(one.vendor, one.reason.partition(":")[0]) for one in decision.passed] == [("a", type(failure).__name__)]
    assert await town.pursue() == "paid"
    assert town.asked == ["a", "b", "b"], "what has a vendor stays there"


async def test_in_doubt_no_other_vendor_is_asked_until_the_first_has_answered() -> None:
    town = Town(a=[UNKNOWN, AWAY, LIMITED, UNKNOWN, "paid"], b=[])
    for _ in range(4):
        with pytest.raises(OutcomeUnknown) as doubt:
            await town.pursue()
        assert doubt.value.record_url == UNKNOWN.record_url
    assert (await town.decision()).standing is Standing.IN_DOUBT
    assert await town.pursue() == "paid"
    assert set(town.asked) == {"a"}


async def test_a_doubt_that_ends_with_a_refusal_is_settled_there() -> None:
    town = Town(a=[UNKNOWN, Declined("no", code="poor"), AWAY], b=[])
    for failure in (OutcomeUnknown, Declined, OutcomeUnknown):
        with pytest.raises(failure):
            await town.pursue()
    assert set(town.asked) == {"a"}


async def test_an_app_that_died_between_asking_and_hearing_asks_the_same_vendor_again() -> None:
    town = Town(a=[asyncio.CancelledError(), AWAY, "paid"], b=[])
    with pytest.raises(asyncio.CancelledError):
        await town.pursue()
    with pytest.raises(OutcomeUnknown, match="begun at a"):
        await town.pursue()
    assert await town.pursue() == "paid"
    assert set(town.asked) == {"a"}


async def test_where_all_are_away_nothing_was_done_and_the_next_call_begins_anew() -> None:
    town = Town(a=[AWAY, "paid"], b=[LIMITED])
    with pytest.raises(RateLimited):
        await town.pursue()
    assert await town.book.find("k") is None
    assert await town.pursue() == "paid"


async def test_what_was_never_begun_is_free_again() -> None:
    town = Town(a=[Misconfigured("wrong key")], b=[])
    with pytest.raises(Misconfigured):
        await town.pursue()
    assert await town.book.find("k") is None


async def test_a_clash_says_that_somebody_is_at_work_on_it_there() -> None:
    town = Town(a=[Conflict("the first call with this key has not ended"), AWAY], b=[])
    for failure in (Conflict, OutcomeUnknown):
        with pytest.raises(failure):
            await town.pursue()
    assert set(town.asked) == {"a"}


@pytest.mark.parametrize(
    "failure", [Rejected("wrong"), VendorContractBroken("/id", "a text", found="null", applied=True)]
)
async def test_what_the_vendor_has_ended_stays_there(failure: Exception) -> None:
    town = Town(a=[failure], b=[])
    with pytest.raises(type(failure)):
        await town.pursue()
    assert (await town.decision()).standing is Standing.SETTLED


async def test_what_does_no_harm_twice_is_asked_for_elsewhere_in_doubt() -> None:
    town = Town(a=[UNKNOWN], b=["answer"])
    assert await town.pursue(FallbackPolicy(in_doubt=True)) == "answer"
    assert (await town.decision()).vendor == "b"


async def test_what_is_deferred_has_its_vendors_name() -> None:
    town = Town(a=[AWAY], b=[Deferred("http://t/_tidegate/calls/c1", "c1")])
    assert (await town.pursue()).vendor == "b"


async def test_two_that_pursue_the_same_intent_never_end_at_two_vendors() -> None:
    """One has asked the first vendor and not heard; the other finds that, and stays there whatever it hears."""
    book, gate = DecisionBookInMemory(), asyncio.Event()

    async def slow(name: str, _: object) -> str:
        await gate.wait()
        raise Unavailable(name)

    async def quick(name: str, _: object) -> str:
        return name

    vendors = {"a": 1, "b": 2}
    one = asyncio.ensure_future(carried_out("k", vendors, book, slow))
    await settle()
    assert await carried_out("k", vendors, book, quick) == "a"
    gate.set()
    with pytest.raises(OutcomeUnknown):
        await one


async def test_an_intent_at_a_vendor_that_is_gone_is_for_an_operator() -> None:
    town = Town(a=[UNKNOWN], b=[])
    with pytest.raises(OutcomeUnknown):
        await town.pursue()
    town.vendors = {"b": []}
    with pytest.raises(Misconfigured, match="begun at a"):
        await town.pursue()
