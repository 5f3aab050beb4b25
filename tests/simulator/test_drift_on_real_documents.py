"""Drift is drawn by the schemas of real documents: what is drawn can be seen, and breaks what it is meant to break."""

from collections import Counter
from copy import deepcopy
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.trouble.drift.drift import Drift, DriftChange
from tidegate.simulator.trouble.places import Places
from tidegate.values.value_generator import ValueGenerator

OPERATIONS = 25
BODY_CHANGES = [name for name in DriftChange.known() if DriftChange.named(name).subject == "value"]
DOCUMENTS = (
    "stripe/spec3.json",
    "github/api.github.com.json",
    "openai/openapi.json",
    "adyen/CheckoutService-v71.json",
    "slack/slack_web_openapi_v2.json",
    "twilio/twilio_api_v2010.json",
)


def letters(name: str, count: int) -> str:
    return blake2b(name.encode()).hexdigest()[:count]


def answers(document: Document) -> list[tuple[Any, Any]]:
    """Some answers that are valid, each with its schema."""
    generator, found = ValueGenerator(7, document.schemas), []
    for operation in list(document.operations.values())[:: max(len(document.operations) // OPERATIONS, 1)]:
        schema = document.response_schema(operation, 200)
        if schema is None:
            continue
        body = orjson.loads(orjson.dumps(generator.value("", schema, operation.id)))
        if body and document.schemas.validator(schema, of="answer").is_valid(body):
            found.append((body, schema))
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_drawn_can_be_seen(specs: Path, name: str) -> None:
    document = Document.load(specs / name)
    places, known = Places(document, letters), answers(document)
    fired: Counter[str] = Counter()
    broke: Counter[str] = Counter()
    for body, schema in known:
        validator = document.schemas.validator(schema, of="answer")
        for n, change in enumerate(BODY_CHANGES):
            changed = DriftChange.named(change).of_body(Drift(change=change), n, deepcopy(body), schema, places)
            if changed is None:
                continue
            assert changed[0] != body, (change, changed[1])
            fired[change] += 1
            broke[change] += not validator.is_valid(changed[0])
    assert len(known) >= 10
    assert fired["removed"] >= len(known) * 0.6
    assert broke["enum"] == fired["enum"]
    assert fired["enum"] or name.startswith("slack")  # whose document has next to none
    assert broke["null"] >= fired["null"] * 0.8
    assert broke["omitted"] <= fired["omitted"] * 0.1 + 1
