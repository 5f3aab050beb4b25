"""Every operation of every real document answers a valid request with a success that is valid too.

The requests are drawn from the documents by tests.simulator.valid_requests and sent over a real socket; the answers are
judged by tests.documents.oracle, which reads the documents by code of its own. What fails is listed with its reason;
fewer than 99 in 100 of those that can be judged fail the test. An operation without a schema shows nothing and is
counted apart. Of a large document one operation in five is tried, and every one where
`TIDEGATE_EVERY_OPERATION=1` (`make schemathesis`).
"""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.documents.oracle import Judgement, Oracle
from tests.documents.raw_document import RawDocument
from tests.simulator.valid_requests import Trials
from tidegate.openapi.document import Document, Operation
from tidegate.simulator.app import SimulatorServer
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
FEW = 300
"""A document of no more operations has each of them tried."""
APART = 1 if "TIDEGATE_EVERY_OPERATION" in os.environ else 5
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
        raw = RawDocument(document.root)
        self.oracle = Oracle(raw)
        self.raw = {(one.method.upper(), one.template): one for one in raw.operations()}
        service = simulator.service
        self.trials = Trials(document, simulator.resource_operations, simulator.generator, service)
        self.counts: Counter[str] = Counter()
        self.failed: list[str] = []

    async def operation(self, operation: Operation) -> None:
        """Try one: a success, or a redirection where the document knows no success, with a valid body."""
        self.simulator.service.reset()
        judgement = await self._judged(operation)
        self.counts[judgement.verdict] += 1
        if judgement.verdict == "wrong":
            self.failed.append(f"{operation.id} ({operation.method} {operation.template}): {judgement.why}")

    async def _judged(self, operation: Operation) -> Judgement:
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
        raw = self.raw[operation.method, operation.template]
        if operation.method == "HEAD":
            return Judgement("unjudged", "HEAD has no body")
        return self.oracle.judged(raw, answer.status, answer.headers.get("Content-Type", ""), body)


async def tried_with(document: Document, simulator: SimulatorServer) -> Tried:
    """Every operation, or of very many one in some, tried once."""
    await simulator.start(control_port=None)
    try:
        async with aiohttp.ClientSession() as client:
            tried = Tried(document, simulator, client)
            operations = [*document.operations.values()]
            for operation in operations if len(operations) <= FEW else operations[::APART]:
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
    right, wrong = tried.counts["right"], tried.counts["wrong"]
    with capsys.disabled():
        sentence = f"{right} of {right + wrong} operations, {tried.counts['unjudged']} show nothing"
        print(f"\n{name}: {sentence}", *tried.failed, sep="\n  ")
    assert tried.counts.total() >= len(document.operations) / APART
    # Of those that were passed over nobody knows: they count as right, or one of a sample would be too many.
    judged = right + wrong + len(document.operations) - tried.counts.total()
    assert wrong <= (1 - SHARE_MIN) * judged, "\n".join(tried.failed)


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
    assert tried.counts == {"wrong": 10, "unjudged": 2}


async def test_an_operation_that_validates_nothing_is_not_right() -> None:
    answer = {"responses": {"200": {"description": "", "content": {"application/json": {}}}}}
    document = Document({"openapi": "3.0.3", "paths": {"/a": {"get": answer}, "/b": {"get": {"responses": {}}}}})
    tried = await tried_with(document, SimulatorServer(RealWorld(1), document, ANY_VENDOR, 1))
    assert (tried.counts["right"], tried.counts["wrong"], tried.counts["unjudged"]) == (0, 0, 2)
