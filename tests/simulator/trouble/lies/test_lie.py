"""Each lie is seen by a client that believed the documentation, and told by the journal."""

from typing import Any

import pytest

from tests.simulator.conftest import Play, Played, facts
from tests.simulator.raw import Raw
from tests.waiting import until
from tidegate.openapi.document import Document
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.fault_scope import AnswerScope
from tidegate.simulator.trouble.lies.lie import Lie
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.vendor_fault import VendorFault

GITHUB = {"dialect": "github", "limits": ({"name": "core", "rate": "60/m"},)}


@pytest.fixture
def scope(document: Document) -> AnswerScope:
    return AnswerScope(0, "", 0.0, 0.0, Places(document, lambda name, count: name[:count]))


async def asked(vendor: Played, path: str = "/v1/customers") -> Raw:
    raw = await Raw.to(vendor)
    raw.ask("GET", path)
    await until(lambda: raw.whole)
    raw.hang_up()
    return raw


def last(vendor: Played) -> tuple[str, ...]:
    return vendor.simulator.journal.entries[-1].faults


async def test_only_a_share_of_the_documented_limit_is_granted(play: Play) -> None:
    vendor = await play(facts(limits=({"name": "account", "rate": "1/s", "burst": 10},)))
    vendor.arm(kind="lie", about="limits", factor="50%")
    assert [(await asked(vendor)).status for _ in range(7)] == [200] * 5 + [429] * 2
    assert last(vendor) == ("lie limits",)
    await vendor.world.advance(1)
    assert (await asked(vendor)).status == 429
    await vendor.world.advance(1)
    assert (await asked(vendor)).status == 200
    assert last(vendor) == ()


async def test_fewer_requests_at_once_are_granted_than_documented(play: Play) -> None:
    vendor = await play(facts(concurrency=({"name": "account", "at_once": 4},)))
    vendor.arm(kind="lie", about="limits", factor="25%")
    vendor.arm(kind="latency", delay="1s", first_n=1)
    first = await Raw.to(vendor)
    first.ask("GET", "/v1/customers")
    await until(lambda: vendor.world.waiting)
    assert (await asked(vendor)).status == 429
    first.hang_up()


async def test_headers_that_tell_limits_are_never_sent(play: Play) -> None:
    vendor = await play(facts(**GITHUB))
    assert "x-ratelimit-remaining" in dict((await asked(vendor)).headers)
    vendor.arm(kind="lie", about="headers")
    seen = await asked(vendor)
    assert [name for name, _ in seen.headers if "ratelimit" in name] == []
    assert (seen.status, last(vendor)[0][:47]) == (403, "lie headers X-RateLimit-Limit X-RateLimit-Remai")


async def test_a_named_header_is_never_sent(vendor: Played) -> None:
    vendor.arm(kind="lie", about="headers", names=["request-id"])
    assert "request-id" not in dict((await asked(vendor)).headers)
    assert last(vendor) == ("lie headers Request-Id",)


async def test_the_time_to_come_back_is_too_short(vendor: Played) -> None:
    vendor.arm(kind="throttle", retry_after="60s")
    vendor.arm(kind="lie", about="retry_after", factor="10%")
    assert (await asked(vendor)).header("retry-after") == "6"
    assert last(vendor) == ("throttle", "lie retry_after Retry-After")


async def test_an_enumeration_has_a_value_that_no_document_lists(vendor: Played) -> None:
    payment = (await vendor.pay())[1]
    vendor.arm(kind="lie", about="enum")
    drifted = (await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}"))[1]
    [fired] = last(vendor)
    assert fired.startswith("lie enum /")
    assert drifted != payment


async def test_a_field_that_always_came_is_left_out_where_the_document_lets_it_be(vendor: Played) -> None:
    payment = (await vendor.pay())[1]
    vendor.arm(kind="lie", about="optional")
    told = (await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}"))[1]
    assert last(vendor)[0].startswith("lie optional /")
    assert told != payment


@pytest.mark.parametrize(
    ("told", "factor", "becomes"),
    [
        ("60", 0.5, "30"),
        ("1", 0.5, "0"),
        ("2.0", 0.25, "0.5"),
        ("60", 2.0, "120"),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 0.5, "Thu, 01 Jan 1970 00:00:50 GMT"),
    ],
)
def test_every_form_of_the_header_can_lie(scope: AnswerScope, told: str, factor: float, becomes: str) -> None:
    lie = Lie.model_validate({"about": "retry_after", "factor": f"{factor * 100:g}%"})
    changed = lie.change_answer(Answer(429, b"", {"retry-after": told}), scope)
    assert changed is not None
    assert changed[0].headers == {"retry-after": becomes}


def test_where_there_is_nothing_to_lie_about_nothing_is_changed(scope: AnswerScope) -> None:
    told: Any = Answer(200, b"{}", {"Content-Type": "application/json"})
    for about in ("retry_after", "headers", "limits"):
        assert Lie.model_validate({"about": about}).change_answer(told, scope) is None


def test_a_lie_has_a_share() -> None:
    assert Lie(about="limits").factor == 0.5
    [lie] = parse_faults({"kind": "lie", "about": "retry_after", "factor": "200%"}, VendorFault)
    assert isinstance(lie, Lie)
    assert lie.factor == 2.0
    with pytest.raises(ValueError, match="not a share"):
        parse_faults({"kind": "lie", "about": "limits", "factor": 0.5}, VendorFault)
