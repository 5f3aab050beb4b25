"""Each change of an answer as a whole."""

import pytest

from tests.simulator.conftest import Play, facts
from tests.simulator.raw import Raw
from tests.simulator.trouble.drift.conftest import Before
from tests.waiting import until
from tidegate.simulator.trouble.drift import answer_changes


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


def test_a_problem_keeps_the_errors_sentence() -> None:
    assert answer_changes.as_problem({"error": {"code": "x", "message": "No such thing."}}, 404) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No such thing.",
    }
    assert answer_changes.as_problem([], 500)["detail"] == "Internal Server Error"
