"""What each webhook fault makes of a webhook, as a receiver with a raw socket sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import orjson
import pytest
import stripe

from tests.serving import serving
from tests.simulator.conftest import Play, Played, facts
from tests.simulator.raw import PAY, Raw
from tests.waiting import settle, until

SECRET = "whsec_of_the_tests"
TOLERANCE_S = 300


class Receiver:
    """Takes webhooks and answers 200. `came` has head and body of each."""

    def __init__(self) -> None:
        self.came: list[tuple[str, bytes]] = []
        self.url = ""
        self.noticed: Callable[[], None] = lambda: None

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length"))
        self.came.append((head, await reader.readexactly(int(length))))
        self.noticed()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    @property
    def types(self) -> list[str]:
        return [orjson.loads(body)["type"] for _, body in self.came]

    @property
    def ids(self) -> list[str]:
        return [orjson.loads(body)["id"] for _, body in self.came]

    def signature(self, place: int = 0) -> str:
        lines = self.came[place][0].split("\r\n")
        return next(line.partition(": ")[2] for line in lines if line.lower().startswith("stripe-signature"))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with serving(made.take) as port:
        made.url = f"http://127.0.0.1:{port}/hook"
        yield made


@pytest.fixture
async def hooked(play: Play, receiver: Receiver) -> Played:
    """A vendor that calls the receiver for payments that succeeded."""
    vendor = await play(facts(webhooks={"scheme": "stripe", "tolerance": f"{TOLERANCE_S}s"}))
    vendor.simulator.webhooks.register(receiver.url, ("payment_intent.succeeded",), SECRET)
    return vendor


async def after(vendor: Played, by_s: float = 0.1) -> None:
    """Let time pass and posts arrive."""
    await vendor.world.advance(by_s)
    await settle(100)


def verified(receiver: Receiver, place: int = 0, secret: str = SECRET) -> bool:
    """What the vendor's own library says of the signature, its time left aside."""
    body = receiver.came[place][1].decode()
    try:
        return bool(stripe.WebhookSignature.verify_header(body, receiver.signature(place), secret))
    except stripe.SignatureVerificationError:
        return False


def fired(vendor: Played) -> list[tuple[str, ...]]:
    """The faults of each webhook; the journal has them with the request that brought it."""
    deliveries = vendor.simulator.webhooks.deliveries
    told = {entry.n: entry.described()["faults"] for entry in vendor.simulator.journal.entries}
    for one in deliveries:
        assert told[one.request] == [f"webhook {name}" for name in one.faults]
    return [delivery.faults for delivery in deliveries]


async def test_without_a_fault_one_webhook_comes_after_the_answer(hooked: Played, receiver: Receiver) -> None:
    await hooked.pay()
    assert receiver.came == []
    await after(hooked)
    await until(lambda: receiver.came)
    assert (receiver.types, verified(receiver), fired(hooked)) == (["payment_intent.succeeded"], True, [()])


async def test_it_comes_again(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="duplicate", copies=2)
    await hooked.pay()
    await after(hooked)
    await until(lambda: len(receiver.came) == 3)
    assert (len({*receiver.ids}), fired(hooked)) == (1, [("duplicate",)])


async def test_it_comes_late(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="late", delay="90s")
    await hooked.pay()
    await after(hooked, 90)
    assert receiver.came == []
    await after(hooked)
    await until(lambda: receiver.came)
    assert fired(hooked) == [("late",)]


async def test_it_comes_after_the_next_one(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="reorder", delay="10m", first_n=1)
    first, second = (await hooked.pay("o1"))[1], (await hooked.pay("o2"))[1]
    await after(hooked)
    await after(hooked)
    await until(lambda: len(receiver.came) == 2)
    told = [orjson.loads(body)["data"]["object"]["id"] for _, body in receiver.came]
    assert (told, fired(hooked)) == ([second["id"], first["id"]], [("reorder",), ()])


async def test_it_comes_before_the_answer(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="early")
    raw = await Raw.to(hooked)
    raw.ask("POST", "/v1/payment_intents", PAY)
    heard_before: list[bytes] = []
    receiver.noticed = lambda: heard_before.append(raw.heard)
    await until(lambda: raw.whole)
    assert (heard_before, fired(hooked)) == ([b""], [("early",)])
    raw.hang_up()


async def test_it_never_comes(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="drop", first_n=1)
    await hooked.pay("o1")
    second = (await hooked.pay("o2"))[1]
    await after(hooked, 3600)
    await until(lambda: receiver.came)
    told = [orjson.loads(body)["data"]["object"]["id"] for _, body in receiver.came]
    assert (told, fired(hooked)) == ([second["id"]], [("drop",), ()])


async def test_it_is_forged(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="forge")
    await hooked.pay()
    await after(hooked)
    await until(lambda: receiver.came)
    assert (verified(receiver), fired(hooked)) == (False, [("forge",)])


async def test_it_is_older_than_the_tolerance(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="stale", delay="1m")
    await hooked.pay()
    await after(hooked)
    await until(lambda: receiver.came)
    signed_at = int(dict(part.split("=", 1) for part in receiver.signature().split(","))["t"])
    assert hooked.world.wall() - signed_at > TOLERANCE_S
    assert (verified(receiver), fired(hooked)) == (True, [("stale",)])


async def test_it_has_two_signatures_and_one_is_right(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="two_signatures")
    await hooked.pay()
    await after(hooked)
    await until(lambda: receiver.came)
    assert receiver.signature().count("v1=") == 2
    assert (verified(receiver), fired(hooked)) == (True, [("two_signatures",)])


async def test_d15_its_body_drifts(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="drift", change="renamed", of="webhooks", pointer="/data", to="payload", operations=["payment*"])
    hooked.arm(kind="drift", change="enum", of="webhooks", pointer="/type", to="payment_intent.settled")
    hooked.arm(kind="drift", change="removed", of="webhooks", pointer="/nothing")
    payment = (await hooked.pay())[1]
    await after(hooked)
    await until(lambda: receiver.came)
    body = orjson.loads(receiver.came[0][1])
    assert (body["type"], body["payload"]["object"]["id"], "data" in body) == (
        "payment_intent.settled",
        payment["id"],
        False,
    )
    assert (verified(receiver), fired(hooked)) == (True, [("drift renamed /data", "drift enum /type")])


async def test_only_the_named_events_are_hit(hooked: Played, receiver: Receiver) -> None:
    hooked.arm(kind="webhook", mode="drop", events=["charge.*"])
    await hooked.pay()
    await after(hooked)
    await until(lambda: receiver.came)
    assert fired(hooked) == [()]
