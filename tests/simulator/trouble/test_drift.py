"""Each kind of drift: what a raw socket sees, what the journal tells, and that the vendor itself stays as it is."""

from copy import deepcopy
from typing import Any

import orjson
import pytest

from tests.simulator.conftest import Play, Played, facts
from tests.simulator.raw import Raw
from tests.waiting import until
from tidegate.openapi.document import Document


class Before:
    """A vendor with two payments, and a connection to it."""

    def __init__(self, vendor: Played, raw: Raw, payment: str) -> None:
        self.vendor = vendor
        self.raw = raw
        self.path = f"/v1/payment_intents/{payment}"

    async def get(self, path: str = "") -> Any:
        """The body of a GET, of the first payment where no path is given."""
        self.raw.heard = b""
        self.raw.ask("GET", path or self.path)
        await until(lambda: self.raw.whole)
        return orjson.loads(self.raw.body) if self.raw.body else None

    @property
    def fired(self) -> tuple[str, ...]:
        return self.vendor.simulator.journal.entries[-1].faults

    def arm(self, change: str, **more: Any) -> None:
        self.vendor.arm(kind="drift", change=change, **more)


@pytest.fixture
async def before(vendor: Played) -> Any:
    payment = (await vendor.pay("o1"))[1]["id"]
    await vendor.pay("o2")
    raw = await Raw.to(vendor)
    yield Before(vendor, raw, payment)
    raw.hang_up()


async def test_d1_a_field_is_removed(before: Before) -> None:
    before.arm("removed", pointer="/amount")
    assert "amount" not in await before.get()
    assert before.fired == ("drift removed /amount",)


async def test_d2_a_field_is_renamed_at_its_place(before: Before) -> None:
    names = [*await before.get()]
    before.arm("renamed", pointer="/amount", to="amt")
    assert [*await before.get()] == ["amt" if name == "amount" else name for name in names]
    assert before.fired == ("drift renamed /amount",)


async def test_d3_a_number_becomes_a_text(before: Before) -> None:
    before.arm("retyped", pointer="/amount")
    assert (await before.get())["amount"] == "1099"
    assert before.fired == ("drift retyped /amount",)


async def test_d4_null_comes_where_it_never_came(before: Before) -> None:
    before.arm("null", pointer="/data/*/currency")
    assert [one["currency"] for one in (await before.get("/v1/payment_intents"))["data"]] == [None, None]
    assert before.fired == ("drift null /data/*/currency",)


async def test_d5_an_optional_field_stops_coming_now_and_then(before: Before) -> None:
    before.arm("omitted", pointer="/latest_charge", nth=2)
    assert ["latest_charge" in await before.get() for _ in range(4)] == [True, False, True, False]


async def test_d6_an_enumeration_has_a_new_value(before: Before) -> None:
    before.arm("enum", pointer="/status", to="requires_patience")
    assert (await before.get())["status"] == "requires_patience"
    assert before.fired == ("drift enum /status",)


async def test_d7_a_unit_changes(before: Before) -> None:
    created = (await before.get())["created"]
    before.arm("scaled", pointer="/created", by=1000)
    before.arm("scaled", pointer="/amount")
    drifted = await before.get()
    assert (drifted["created"], drifted["amount"]) == (created * 1000, 10.99)
    assert before.fired == ("drift scaled /created", "drift scaled /amount")


async def test_d7_a_format_changes(before: Before) -> None:
    before.arm("reformatted", pointer="/created")
    assert (await before.get())["created"] == "2025-01-01T00:00:00Z"


async def test_d8_the_order_of_a_list_changes(before: Before) -> None:
    newest_first = [one["id"] for one in (await before.get("/v1/payment_intents"))["data"]]
    before.arm("reordered", pointer="/data")
    assert [one["id"] for one in (await before.get("/v1/payment_intents"))["data"]] == newest_first[::-1]
    assert before.fired == ("drift reordered /data",)


async def test_d8_a_page_holds_less_than_was_asked_for(before: Before) -> None:
    before.arm("page_size", pointer="/data", to=1)
    page = await before.get("/v1/payment_intents?limit=10")
    assert (len(page["data"]), page["has_more"]) == (1, True)
    rest = await before.get(f"/v1/payment_intents?limit=10&starting_after={page['data'][0]['id']}")
    assert rest["data"][0]["id"] != page["data"][0]["id"]


async def test_d9_the_answer_is_in_an_envelope(before: Before) -> None:
    plain = await before.get()
    before.arm("envelope", to="data")
    assert await before.get() == {"data": plain}
    assert before.fired == ("drift envelope /data",)


async def test_d9_errors_come_as_problems(before: Before) -> None:
    sentence = (await before.get("/v1/payment_intents/pi_none"))["error"]["message"]
    before.arm("envelope", of="refusals")
    problem = await before.get("/v1/payment_intents/pi_none")
    assert problem == {"type": "about:blank", "title": "Not Found", "status": 404, "detail": sentence}
    assert before.raw.header("content-type") == "application/problem+json"


@pytest.mark.parametrize(("of", "path", "to"), [("answers", "", 202), ("refusals", "/v1/payment_intents/pi_none", 200)])
async def test_d10_a_status_changes(before: Before, of: str, path: str, to: int) -> None:
    before.arm("status", of=of, to=to)
    body = await before.get(path)
    assert (before.raw.status, body == {}) == (to, of == "refusals")
    assert before.fired == (f"drift status {200 if of == 'answers' else 404} {to}",)


async def test_d11_a_header_is_renamed(before: Before) -> None:
    before.arm("header", header="Request-Id", to="X-Request-Id")
    await before.get()
    assert before.raw.header("x-request-id").startswith("req_")
    assert "request-id" not in dict(before.raw.headers)
    assert before.fired == ("drift header Request-Id X-Request-Id",)


async def test_d11_a_limit_header_is_lost_where_none_is_named(play: Play) -> None:
    vendor = await play(facts(dialect="github", limits=({"name": "core", "rate": "60/m"},)))
    raw = await Raw.to(vendor)
    vendor.arm(kind="drift", change="header")
    raw.ask("GET", "/v1/customers")
    await until(lambda: raw.whole)
    assert "x-ratelimit-limit" not in dict(raw.headers)
    assert "x-ratelimit-remaining" in dict(raw.headers)
    assert vendor.simulator.journal.entries[-1].faults == ("drift header X-RateLimit-Limit",)
    raw.hang_up()


async def test_d12_a_field_is_added(before: Before) -> None:
    before.arm("added", pointer="/risk", to={"score": 3})
    before.arm("added", pointer="/blob", size=100_000)
    drifted = await before.get()
    assert (drifted["risk"], len(drifted["blob"])) == ({"score": 3}, 100_000)
    assert before.fired == ("drift added /risk", "drift added /blob")


async def test_d13_an_id_has_another_shape(before: Before) -> None:
    plain = (await before.get())["id"]
    before.arm("id", pointer="/id", to="payin_")
    drifted = (await before.get())["id"]
    assert drifted.startswith("payin_" + plain.removeprefix("pi_"))
    assert len(drifted) == len(plain) + 11
    assert (await before.get())["id"] == drifted


async def test_d14_a_new_scope_is_needed(before: Before) -> None:
    before.arm("scope", to="payments:read", operations=["GetPaymentIntentsIntent"])
    assert "payments:read" in (await before.get())["error"]["message"]
    assert (before.raw.status, before.fired) == (403, ("drift scope",))
    await before.get("/v1/customers")
    assert before.raw.status == 200


async def test_d16_a_deprecation_is_announced(before: Before) -> None:
    await before.vendor.world.advance(50)
    before.arm("deprecated", begin="10s", sunset="30d")
    await before.get()
    assert "deprecation" not in dict(before.raw.headers)
    await before.vendor.world.advance(20)
    await before.get()
    assert before.raw.header("deprecation") == "@1735689660"
    assert before.raw.header("sunset") == "Fri, 31 Jan 2025 00:01:00 GMT"
    assert before.fired == ("drift deprecated Deprecation Sunset",)


# --- when and where --------------------------------------------------------------------------------------------------


async def test_what_the_vendor_holds_and_keeps_is_not_changed(before: Before) -> None:
    held = deepcopy(before.vendor.simulator.resources.all())
    plain = await before.get()
    first = await before.vendor.pay("o3", Idempotency_Key="k")
    for change in ("removed", "null", "retyped"):
        before.arm(change, pointer="/amount")
    before.arm("reordered", pointer="/data")
    assert "amount" not in await before.get()
    assert "amount" not in (await before.vendor.pay("o3", Idempotency_Key="k"))[1]
    await before.get("/v1/payment_intents")
    before.vendor.simulator.disarm()
    assert await before.get() == plain
    assert await before.vendor.pay("o3", Idempotency_Key="k") == first
    now = before.vendor.simulator.resources.all()
    assert [one for one in now["payment_intent"] if one in held["payment_intent"]] == held["payment_intent"]


async def test_drift_begins_at_its_time(before: Before) -> None:
    before.arm("removed", pointer="/amount", begin="10s")
    assert "amount" in await before.get()
    await before.vendor.world.advance(10)
    assert "amount" not in await before.get()


async def test_drift_may_come_with_an_api_version(before: Before) -> None:
    before.arm("removed", pointer="/amount", from_version="2024-01-01")
    assert "amount" in await before.get()
    for version, there in (("2023-12-31", True), ("2024-01-01", False), ("2025-06-30.basil", False)):
        status, body = await before.vendor.ask("GET", before.path, Stripe_Version=version)
        assert (status, "amount" in body) == (200, there)


async def test_a_pointer_that_leads_nowhere_is_no_firing(before: Before) -> None:
    before.arm("removed", pointer="/nothing/here")
    await before.get()
    assert before.fired == ()


@pytest.mark.parametrize(
    "change",
    ["removed", "renamed", "retyped", "null", "enum", "scaled", "reformatted", "added", "id"],
)
async def test_a_place_is_drawn_by_the_schema_and_stays_the_same(before: Before, change: str) -> None:
    plain, page = await before.get(), await before.get("/v1/payment_intents")
    before.arm(change)
    drifted = await before.get()
    [fired] = before.fired
    assert fired.startswith(f"drift {change} /")
    assert drifted != plain
    assert await before.get() == drifted
    assert await before.get("/v1/payment_intents") != page


async def test_a_list_is_drawn_for_what_happens_to_lists(before: Before) -> None:
    before.arm("reordered")
    before.arm("page_size")
    page = await before.get("/v1/payment_intents")
    assert len(page["data"]) == 1
    assert before.fired == ("drift reordered /data", "drift page_size /data")


async def test_another_seed_draws_another_place(play: Play) -> None:
    drawn = []
    for seed in (1, 2, 3, 4, 5, 1):
        vendor = await play(seed=seed)
        vendor.arm(kind="drift", change="removed")
        await vendor.pay()
        drawn.append(vendor.simulator.journal.entries[-1].faults)
    assert drawn[0] == drawn[5]
    assert len({*drawn}) > 2


@pytest.mark.parametrize(
    ("change", "still_valid"),
    [("removed", False), ("retyped", False), ("null", False), ("enum", False), ("omitted", True), ("added", True)],
)
async def test_what_is_drawn_breaks_the_document_or_keeps_it(
    before: Before, document: Document, change: str, still_valid: bool
) -> None:
    schema = document.response_schema(document.operations["GetPaymentIntentsIntent"], 200)
    validator = document.schemas.validator(schema, of="answer")
    plain = await before.get()
    assert validator.is_valid(plain)
    before.arm(change)
    drifted = await before.get()
    assert drifted != plain
    assert validator.is_valid(drifted) is still_valid, before.fired
