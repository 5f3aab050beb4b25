"""What happens is told to whoever registered: signed, again where it failed, and badly where a fault says so."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import stripe
from aiohttp import web

from tests.serving import listening
from tests.simulator.conftest import Play, Played, facts
from tests.waiting import settle, until

SECRET = "whsec_of_the_tests"
HOOKS: dict[str, Any] = {"scheme": "stripe", "tolerance": "5m", "retry": ("10s", "1m")}


class Inbox:
    """An app that is called back. Its answers are taken from `statuses`, then all are 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.url = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def events(self) -> list[Any]:
        """The types of the events, in the order in which they came."""
        return [orjson.loads(body)["type"] for _, body in self.got]

    def signed(self, place: int = 0, secret: str = SECRET) -> bool:
        """Whether the vendor's SDK takes it for genuine, whatever its age."""
        headers, body = self.got[place]
        try:
            return bool(stripe.WebhookSignature.verify_header(body.decode(), headers["Stripe-Signature"], secret))
        except stripe.SignatureVerificationError:
            return False


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    app = Inbox()
    async with listening(web.Server(app.handle, access_log=None)) as port:
        app.url = f"http://127.0.0.1:{port}/hooks"
        yield app


async def registered(play: Play, inbox: Inbox, wanted: tuple[str, ...] = ("*",), **hooks: Any) -> Played:
    vendor = await play(facts(webhooks={**HOOKS, **hooks}))
    vendor.simulator.webhooks.register(inbox.url, wanted, SECRET)
    return vendor


async def passes(vendor: Played, by_s: float = 1.0) -> None:
    """Let the vendor's clock run, and what it set off end."""
    await settle()
    await vendor.world.advance(by_s)
    await settle()
    await until(lambda: not vendor.simulator.webhooks.posting)
    await settle()


async def test_an_event_is_sent_signed_after_the_answer(play: Play, inbox: Inbox) -> None:
    vendor = await registered(play, inbox)
    _, made = await vendor.ask("POST", "/v1/customers", "name=A")
    assert inbox.got == []
    await passes(vendor)
    assert inbox.events == ["customer.created"]
    told = orjson.loads(inbox.got[0][1])
    assert (told["object"], told["data"]["object"]["id"]) == ("event", made["id"])
    assert inbox.signed()
    listed = (await vendor.ask("GET", "/v1/events"))[1]["data"]
    assert listed[0]["id"] == told["id"], "it is the event that can be listed too"


async def test_only_the_events_that_were_asked_for_come(play: Play, inbox: Inbox) -> None:
    vendor = await registered(play, inbox, ("customer.deleted", "payment_intent.*"))
    _, made = await vendor.ask("POST", "/v1/customers", "name=A")
    await vendor.ask("DELETE", f"/v1/customers/{made['id']}")
    await vendor.pay()
    await passes(vendor)
    assert set(inbox.events) == {"customer.deleted", "payment_intent.created", "payment_intent.succeeded"}


async def test_a_try_that_failed_is_made_again_by_the_vendors_schedule(play: Play, inbox: Inbox) -> None:
    inbox.statuses = [500, 503, 500, 500]
    vendor = await registered(play, inbox)
    await vendor.ask("POST", "/v1/customers", "name=A")
    await passes(vendor)
    assert len(inbox.got) == 1
    await passes(vendor, 9.0)
    assert len(inbox.got) == 1
    await passes(vendor, 2.0)
    assert len(inbox.got) == 2
    await passes(vendor, 61.0)
    assert len(inbox.got) == 3
    await passes(vendor, 3600.0)
    assert len(inbox.got) == 3, "and then it gives up"
    assert vendor.simulator.webhooks.deliveries[0].tries == [500, 503, 500]
    stamps = [headers["Stripe-Signature"].partition(",")[0] for headers, _ in inbox.got]
    assert len(set(stamps)) == 3, "each try is signed anew"


@pytest.mark.parametrize(
    ("mode", "count"), [("duplicate", 2), ("drop", 0), ("late", 0), ("forge", 1), ("stale", 1), ("two_signatures", 1)]
)
async def test_faults_make_it_come_twice_never_late_or_worth_nothing(
    play: Play, inbox: Inbox, mode: str, count: int
) -> None:
    vendor = await registered(play, inbox)
    vendor.arm(kind="webhook", mode=mode, delay="30s")
    await vendor.ask("POST", "/v1/customers", "name=A")
    await passes(vendor)
    assert len(inbox.got) == count
    assert vendor.simulator.webhooks.deliveries[0].faults == (mode,)
    if mode == "duplicate":
        assert inbox.got[0][1] == inbox.got[1][1]
    if mode == "late":
        await passes(vendor, 30.0)
        assert len(inbox.got) == 1
    if mode == "forge":
        assert not inbox.signed()
    if mode == "stale":
        assert inbox.signed()
        at = int(inbox.got[0][0]["Stripe-Signature"].partition("t=")[2].partition(",")[0])
        assert vendor.simulator.wall - at > 300
    if mode == "two_signatures":
        assert inbox.got[0][0]["Stripe-Signature"].count("v1=") == 2
        assert inbox.signed()


async def test_events_come_out_of_order(play: Play, inbox: Inbox) -> None:
    vendor = await registered(play, inbox)
    vendor.arm(kind="webhook", mode="reorder", events=["customer.created"])
    _, made = await vendor.ask("POST", "/v1/customers", "name=A")
    await vendor.ask("DELETE", f"/v1/customers/{made['id']}")
    await passes(vendor)
    await until(lambda: len(inbox.events) == 2)
    assert inbox.events == ["customer.deleted", "customer.created"]


@pytest.mark.parametrize("status", [200, 500])
async def test_an_early_event_is_there_before_the_answer_which_waits_for_its_first_try_alone(
    play: Play, inbox: Inbox, status: int
) -> None:
    inbox.statuses = [status]
    vendor = await registered(play, inbox)
    vendor.arm(kind="webhook", mode="early")
    async with vendor.client.post(vendor.url + "/v1/customers", data={"name": "A"}) as answer:
        assert answer.status == 200
        assert inbox.events == ["customer.created"]
    await passes(vendor, 10.0)
    assert len(inbox.got) == (1 if status == 200 else 2), "what was refused comes again at its time"


async def test_a_vendor_without_events_sends_its_declared_body_under_its_own_names(play: Play, inbox: Inbox) -> None:
    hooks = {
        "scheme": "github",
        "events": {"customer.created": "customers.added"},
        "body": {"action": "{action}", "what": "{object}", "when": "{iso}"},
        "headers": {"X-GitHub-Event": "{topic}", "X-GitHub-Delivery": "{delivery}"},
        "retry_headers": {"X-Retry": "{attempt} {failure}"},
    }
    inbox.statuses = [500]
    vendor = await registered(play, inbox, ("customers",), **hooks)
    _, made = await vendor.ask("POST", "/v1/customers", "name=A")
    await passes(vendor)
    await passes(vendor, 10.0)
    (first, body), (second, _) = inbox.got
    told = orjson.loads(body)
    assert (told["action"], told["what"]["id"], told["when"]) == ("added", made["id"], "2025-01-01T00:00:00Z")
    assert first["X-GitHub-Event"] == "customers"
    assert first["X-Hub-Signature-256"].startswith("sha256=")
    assert "X-Retry" not in first
    assert second["X-Retry"] == "1 http_error"
    assert first["X-GitHub-Delivery"] == second["X-GitHub-Delivery"]


async def test_a_form_is_sent_where_the_vendor_sends_forms(play: Play, inbox: Inbox) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    vendor = await registered(play, inbox, scheme="twilio", body={"Sid": "{id}", "Status": "a b"}, headers=headers)
    _, made = await vendor.ask("POST", "/v1/customers", "name=A")
    await passes(vendor)
    assert inbox.got[0][1] == f"Sid={made['id']}&Status=a+b".encode()


async def test_an_address_is_registered_by_the_vendors_own_operation_or_by_the_control_api(
    play: Play, inbox: Inbox
) -> None:
    place = {"operation": "PostCustomers", "url": "/description", "secret": "/id"}
    vendor = await play(facts(webhooks={**HOOKS, "registered": place}))
    _, made = await vendor.ask("POST", "/v1/customers", f"description={inbox.url}")
    await vendor.ask("POST", f"/v1/customers/{made['id']}", "name=B")
    await passes(vendor)
    assert "customer.updated" in inbox.events
    assert inbox.signed(inbox.events.index("customer.updated"), made["id"])
    control = f"http://127.0.0.1:{vendor.simulator.control_port}/webhooks"
    async with vendor.client.post(control, json={"url": inbox.url, "events": ["customer.deleted"]}) as answer:
        assert [one["url"] for one in (await answer.json())["registered"]] == [inbox.url, inbox.url]
    async with vendor.client.post(control, json={"url": "nowhere"}) as answer:
        assert answer.status == 400
        assert "write http://host:port/path" in (await answer.json())["error"]


async def test_an_address_that_is_none_is_kept_and_not_called(play: Play) -> None:
    place = {"operation": "PostCustomers", "url": "/description"}
    vendor = await play(facts(webhooks={**HOOKS, "registered": place}))
    assert (await vendor.ask("POST", "/v1/customers", "description=nowhere"))[0] == 200
    assert vendor.simulator.webhooks.registered == []


async def test_an_app_that_is_not_there_is_tried_again_and_a_reset_forgets_it(play: Play) -> None:
    vendor = await play(facts(webhooks=HOOKS))
    vendor.simulator.webhooks.register("http://127.0.0.1:1/")
    await vendor.ask("POST", "/v1/customers", "name=A")
    await passes(vendor)
    assert vendor.simulator.webhooks.deliveries[0].tries == [0]
    vendor.simulator.reset()
    assert vendor.simulator.webhooks.registered == []
    assert not vendor.simulator.webhooks.deliveries


async def test_what_was_sent_is_the_same_in_every_run(play: Play, inbox: Inbox) -> None:
    for _ in range(2):
        vendor = await registered(play, inbox)
        await vendor.ask("POST", "/v1/customers", "name=A")
        await passes(vendor)
    (_, first), (_, second) = inbox.got
    assert first == second
