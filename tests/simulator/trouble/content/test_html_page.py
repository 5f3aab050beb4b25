"""A page of HTML instead of the answer."""

import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import PAY, Raw, last, paid
from tests.waiting import until


@pytest.mark.parametrize(("status", "effect", "payments"), [(502, "none", 0), (200, "done", 1)])
async def test_a_page_may_come_instead_of_the_answer(
    vendor: Played, raw: Raw, status: int, effect: str, payments: int
) -> None:
    vendor.arm(kind="html", status=status, effect=effect)
    raw.ask("POST", "/v1/payment_intents", PAY)
    await until(lambda: raw.whole)
    assert (raw.status, raw.header("content-type")) == (status, "text/html; charset=utf-8")
    assert raw.body.startswith(b"<!DOCTYPE html>")
    assert (paid(vendor), last(vendor).status, last(vendor).faults) == (payments, status, ("html",))
