"""Every operation of every real document answers a valid request with a success that is valid too.

The requests are drawn from the documents by values.trial, sent over a real socket, and the answers are checked
against the documents. What fails is listed with its reason; fewer than 99 in 100 fail the test.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from yarl import URL

from tests.simulator.valid_requests import Trials
from tidegate.openapi.document import Document, Operation
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.document.documented_answer import answer_of
from tidegate.vendor.vendor import Vendor
from tidegate.world.world import RealWorld

DOCUMENTS = (
    "stripe/spec3.json",
    "github/api.github.com.json",
    "openai/openapi.json",
    "adyen/CheckoutService-v71.json",
    "adyen/TransferService-v4.json",
    "slack/slack_web_openapi_v2.json",
    "twilio/twilio_api_v2010.json",
    "twilio/twilio_verify_v2.json",
    "twilio/twilio_messaging_v1.json",
)
SHARE_MIN = 0.99
ANY_VENDOR = Vendor.model_validate(
    {
        "vendor": "any",
        "purpose": "Stands for a vendor of which only the document is known.",
        "document": "openapi.json",
        "facts": {
            "base_url": "https://vendor.example",
            "auth": {"scheme": "bearer", "secret": "env:UNUSED"},
            "errors": {"envelope": "", "ours": {}},
        },
    }
)


class Tried:
    """A vendor of which every operation is tried, and what came of it."""

    def __init__(self, document: Document, simulator: SimulatorServer, client: aiohttp.ClientSession) -> None:
        self.document = document
        self.simulator = simulator
        self.client = client
        service = simulator.service
        self.trials = Trials(document, simulator.resource_operations, simulator.generator, service)
        self.counts: Counter[str] = Counter()
        self.failed: list[str] = []

    async def operation(self, operation: Operation) -> None:
        """Try one: a success, or a redirection where the document knows no success, with a valid body."""
        self.simulator.service.reset()
        reason = await self._reason(operation)
        self.counts["failed" if reason else "passed"] += 1
        if reason:
            self.failed.append(f"{operation.id} ({operation.method} {operation.template}): {reason}")

    async def _reason(self, operation: Operation) -> str:
        """Why it did not pass, empty where it did."""
        trial = self.trials.of(operation)
        headers = {
            "Authorization": "Bearer any",
            **trial.headers,
            **({"Content-Type": trial.media} if trial.media else {}),
        }
        url = f"http://127.0.0.1:{self.simulator.port}{trial.path}"
        ask = self.client.request(
            trial.method, URL(url, encoded=True), data=trial.body or None, headers=headers,
            allow_redirects=False,
        )  # fmt: skip
        async with ask as answer:
            body = await answer.read()
        told = answer_of(self.document, operation)
        if answer.status != told.status:
            return f"{answer.status} {body[:300].decode(errors='replace')}"
        if "json" not in told.media or trial.method == "HEAD":
            return ""
        value = orjson.loads(body)
        flaws = self.document.schemas.validator(told.schema, of="answer").errors(value) if told.schema else ()
        return f"{flaws[0].pointer}: {flaws[0].sentence}" if flaws else ""


async def tried_with(document: Document, simulator: SimulatorServer) -> Tried:
    """Every operation, tried once."""
    await simulator.start(control_port=None)
    try:
        async with aiohttp.ClientSession() as client:
            tried = Tried(document, simulator, client)
            for operation in document.operations.values():
                await tried.operation(operation)
    finally:
        await simulator.close()
    return tried


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_every_operation_answers_a_valid_request_with_a_valid_success(
    specs: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = Document.load(specs / name)
    simulator = SimulatorServer(RealWorld(1), document, ANY_VENDOR, 1)
    tried = await tried_with(document, simulator)
    total = tried.counts.total()
    with capsys.disabled():
        print(f"\n{name}: {tried.counts['passed']} of {total} operations", *tried.failed, sep="\n  ")
    assert total == len(document.operations)
    assert tried.counts["passed"] / total >= SHARE_MIN, "\n".join(tried.failed)


async def test_an_answer_that_is_not_valid_is_noticed(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document.load(specs / "adyen/TransferService-v4.json")
    simulator = SimulatorServer(RealWorld(1), document, ANY_VENDOR, 1)
    carry_out: Any = simulator.service.carry_out

    def spoilt(*given: Any) -> Any:
        outcome = carry_out(*given)
        outcome.body = [outcome.body]
        return outcome

    monkeypatch.setattr(simulator.service, "carry_out", spoilt)
    tried = await tried_with(document, simulator)
    with_schema = [one for one in document.operations.values() if answer_of(document, one).schema]
    assert tried.counts["failed"] == len(with_schema) == 10
