"""What the messaging port promises, kept by every vendor of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.adapters.answering import done
from tests.adapters.conformance.town import HURRY_S, PAUSE, PortTown, port_town
from tests.waiting import until
from tidegate.adapters.ports.failures import NotFound, OutcomeUnknown, RateLimited, Rejected
from tidegate.adapters.ports.identifiers import vendor_of
from tidegate.adapters.ports.messaging import (
    MessageEvent,
    MessageStatus,
    Messaging,
    OutgoingMessage,
    Recipient,
    SentMessage,
)
from tidegate.simulator.app import SimulatorServer

VENDORS = ("twilio", "sendgrid")
ADA = Recipient(phone="+4915112345678", email="ada@example.com", name="Ada")
HELLO = OutgoingMessage(ADA, "Your parcel is on its way.", "Your parcel")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Desk:
    """A vendor behind the port; `hurried` is the same vendor, asked with a small budget. `effect` is a message made."""

    name: str
    messaging: Messaging
    hurried: Messaging
    town: PortTown
    learnt: int = 0

    async def settled(self) -> list[MessageEvent]:
        """Let the vendor's webhooks come, and take them in."""
        posts = await self.town.posts(self.name)
        fresh, self.learnt = posts[self.learnt :], len(posts)
        return [event for body in fresh for event in await self.messaging.learn(body)]

    def made(self) -> int:
        """So many messages were taken by the vendor."""
        return len(self.town.vendor(self.name).resources.items().get("message", []))


def desk_of(town: PortTown, name: str) -> Desk:
    one, hurried = (town.adapters("messaging", name, budget_s=budget_s).messaging for budget_s in (None, HURRY_S))
    return Desk(name, one, hurried, town)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desks(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Desk]]:
    async with port_town(tmp_path_factory.mktemp("town"), VENDORS) as town:
        yield {name: desk_of(town, name) for name in VENDORS}


@pytest.fixture(params=VENDORS)
def desk(request: pytest.FixtureRequest, desks: dict[str, Desk]) -> Desk:
    return desks[request.param]


async def test_a_message_is_sent_and_in_the_end_it_is_delivered(desk: Desk) -> None:
    sent = done(await desk.messaging.send(HELLO, key="hello"))
    assert (vendor_of(sent.id), sent.status) == (desk.name, MessageStatus.ACCEPTED)
    vendor = desk.town.vendor(desk.name)
    for _ in range(2):
        await vendor.advance(3.0)
    await until(lambda: sent.id.partition(":")[2] in {key.rpartition("/")[2] for key in delivered(vendor)})
    told = [event for event in await desk.settled() if isinstance(event, SentMessage) and event.id == sent.id]
    assert MessageStatus.DELIVERED in {event.status for event in told}
    assert (await desk.messaging.status(sent.id)).status is MessageStatus.DELIVERED


def delivered(vendor: SimulatorServer) -> list[str]:
    """The keys of the messages that have arrived."""
    return [key for key, thing in vendor.resources.items()["message"] if thing["status"] == "delivered"]


async def test_the_same_key_sends_it_once(desk: Desk) -> None:
    before = desk.made()
    first, second = [done(await desk.messaging.send(HELLO, key="once")) for _ in range(2)]
    assert first.id == second.id
    assert desk.made() == before + 1


async def test_a_recipient_without_an_address_of_its_kind_is_rejected(desk: Desk) -> None:
    with pytest.raises(Rejected) as error:
        await desk.messaging.send(OutgoingMessage(Recipient(name="Ada"), "Hello"), key="nobody")
    assert error.value.field == "to"
    with pytest.raises(Rejected):
        await desk.messaging.send(OutgoingMessage(ADA, ""), key="nothing")


async def test_what_is_not_there_or_somebody_elses_is_said_so(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.messaging.status(f"{desk.name}:NOBODY")
    with pytest.raises(Rejected):
        await desk.messaging.status("elsewhere:1")


async def test_a_refusal_for_the_rate_did_nothing(desk: Desk) -> None:
    before = desk.made()
    desk.town.fails(desk.name, kind="throttle", retry_after=PAUSE)
    try:
        with pytest.raises(RateLimited):
            await desk.hurried.send(HELLO, key="fast")
    finally:
        desk.town.works(desk.name)
    assert desk.made() == before


async def test_an_answer_that_was_lost_is_in_doubt_and_is_not_sent_again(desk: Desk) -> None:
    before = desk.made()
    desk.town.fails(desk.name, kind="reset_after")
    try:
        with pytest.raises(OutcomeUnknown) as unknown:
            await desk.messaging.send(HELLO, key="lost")
    finally:
        desk.town.works(desk.name)
    assert unknown.value.record_url
    with pytest.raises(OutcomeUnknown):
        await desk.messaging.send(HELLO, key="lost")
    assert desk.made() == before + 1
