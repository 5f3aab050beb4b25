"""A cassette against a simulator."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from tests.contracts.drift.edited_documents import old, uses
from tests.contracts.providers import simulated
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.contracts.drift.drift_report import DriftReport
from tidegate.contracts.drift.recorded_drift import recorded_drift
from tidegate.contracts.drift.use.grading import used_operations

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": "[redacted]"}
REQUESTS = (
    ("POST", "/v1/customers", "email=a%40b.example"),
    ("POST", "/v1/payment_intents", "amount=1099&currency=eur&payment_method=pm_card_visa&confirm=true"),
    ("GET", "/v1/payment_intents/{1}", ""),
    ("POST", "/v1/refunds", "payment_intent={1}"),
    ("GET", "/v1/refunds?limit=1", ""),
    ("POST", "/v1/payment_intents", "amount=none"),
    ("GET", "/v1/payment_intents/pi_madeLongBefore1", ""),
    ("GET", "/v9/elsewhere", ""),
)


async def asked(url: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    sent = {**headers, "Authorization": "Bearer any"}
    async with aiohttp.request(method, url + path, headers=sent, data=body or None) as answer:
        return answer.status, await answer.read()


async def recorded() -> list[RecordedExchange]:
    """A recording of a vendor that is the simulator, and had one payment before."""
    ids: dict[int, str] = {}
    exchanges: list[RecordedExchange] = []
    async with simulated() as (url, _):
        for at, (method, *written) in enumerate(REQUESTS):
            path, body = (text.replace("{1}", ids.get(1, "")) for text in written)
            headers = FORM if body else {}
            status, answer = await asked(url, method, path, headers, body.encode())
            if "Before" in path:
                status, answer = 200, orjson.dumps({"id": "pi_madeLongBefore1"})
            ids[at] = orjson.loads(answer or b"{}").get("id", "")
            request = Message(headers, body.encode())
            exchanges.append(RecordedExchange(method, path, request, status, Message({}, answer)))
    return exchanges


def changed(exchange: RecordedExchange, **fields: Any) -> RecordedExchange:
    answer = orjson.dumps({**orjson.loads(exchange.answer.body), **fields})
    return RecordedExchange(exchange.method, exchange.path, exchange.request, exchange.status, Message({}, answer))


async def report_of(exchanges: list[RecordedExchange]) -> DriftReport:
    async with simulated() as (url, _):

        async def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            return await asked(url, method, path, headers, body)

        return await recorded_drift("stripe", old(), exchanges, send, used_operations(old(), uses()))


async def test_what_the_simulator_would_have_said_is_no_drift_though_its_ids_are_others() -> None:
    tape = (await recorded())[:6]
    report = await report_of(tape)
    assert [finding.sentence for finding in report.findings] == []
    assert (report.untried, report.notes) == ((), ())


async def test_what_was_recorded_otherwise_is_found_and_graded() -> None:
    tape = await recorded()
    tape[1] = changed(tape[1], amount="1099", wallet={"kind": "x"})
    tape[3] = RecordedExchange("POST", "/v1/refunds", tape[3].request, 202, tape[3].answer)
    report = await report_of(tape)
    found = {(one.grade, one.kind, one.place.partition(" response ")[2]) for one in report.findings}
    assert found >= {
        ("error", "response-property-type-changed", "200 /amount"),
        ("warning", "response-optional-property-added", "200 /wallet"),
        ("warning", "response-success-status-added", "202 /"),
    }
    assert report.notes == (
        "1 of 8 exchanges are about something that was made before the recording",
        "1 of 8 exchanges belong to no operation of the document",
    )


async def test_an_answer_by_a_condition_is_not_compared_nor_a_body_sent_with_a_coding_that_it_has_not() -> None:
    tape = (await recorded())[:1]
    sent = Message({**FORM, "content-encoding": "gzip"}, tape[0].request.body)
    asked = Message({"if-none-match": "[redacted]"})
    report = await report_of([
        RecordedExchange("POST", "/v1/customers", sent, 200, tape[0].answer),
        RecordedExchange("GET", "/v1/customers", asked, 304, Message()),
    ])  # fmt: skip
    assert [finding.sentence for finding in report.findings] == []
    assert report.notes == ("1 of 2 exchanges were asked on a condition that only the vendor can tell",)


async def test_where_nothing_can_be_compared_there_is_no_verdict() -> None:
    report = await report_of((await recorded())[6:])
    assert report.untried == ("none of the 2 exchanges could be compared",)
