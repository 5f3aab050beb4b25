"""The list of stages is the order in which a call meets them, and it is what people are shown."""

from tests.proxy.examples import plan
from tidegate.proxy.pipeline import AROUND, INNERMOST, describe
from tidegate.vendor import Limit


def test_the_order_of_the_stages() -> None:
    assert [name for name, _ in (*AROUND, INNERMOST)] == [
        "idempotency",
        "retry",
        "breaker",
        "bulkhead",
        "limiter",
        "exchange",
    ]


def test_every_stage_tells_its_numbers() -> None:
    limit = Limit.model_validate_json('{"name": "account", "rate": "100/s", "burst": 20}')
    shown = dict(describe(plan(limits=(limit,))))
    assert shown["deadline"] == "20 s for the whole call"
    assert "Idempotency-Key" in shown["idempotency"]
    assert "3 attempts" in shown["retry"]
    assert "stripe" in shown["breaker"]
    assert "account 100/s burst 20" in shown["limiter"]
    assert shown["bulkhead"] == "any number at once"
    assert "first byte 8 s" in shown["exchange"]


def test_a_read_needs_no_record() -> None:
    assert dict(describe(plan(idempotency="safe")))["idempotency"] == "not needed: a read"
