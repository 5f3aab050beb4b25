"""A change at one place: drawn or named, the same in every answer, and nothing where there is none."""

import pytest

from tests.simulator.conftest import Play
from tests.simulator.trouble.drift.conftest import Before
from tidegate.openapi.document import Document
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.drift.body_change import json_lines, json_of


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


ITEM = {"type": "object", "required": ["n"], "properties": {"n": {"const": 1}}}


@pytest.mark.parametrize(
    ("media", "schema", "pointer", "plain", "drifted"),
    [
        (
            "application/x-ndjson",
            {"type": "array", "items": ITEM, "minItems": 2},
            "/1/n",
            '{"n":1}\n' * 2,
            '{"n":1}\n{}\n',
        ),
        ("application/jsonl", ITEM, "/n", '{"n":1}\n', "{}\n"),
        (
            "application/json-seq",
            {"type": "array", "items": ITEM, "minItems": 2},
            "/*/n",
            '\x1e{"n":1}\n' * 2,
            "\x1e{}\n" * 2,
        ),
    ],
)
async def test_lines_of_json_are_changed_as_the_document_has_them(
    play: Play, media: str, schema: object, pointer: str, plain: str, drifted: str
) -> None:
    answer = {"200": {"description": "", "content": {media: {"schema": schema}}}}
    document = Document({"openapi": "3.1.0", "paths": {"/it": {"get": {"responses": answer}}}})
    vendor = await play(served=document)

    async def asked() -> str:
        async with vendor.client.get(f"{vendor.url}/it") as told:
            return await told.text()

    assert await asked() == plain
    vendor.arm(kind="drift", change="removed", pointer=pointer)
    assert await asked() == drifted
    vendor.arm(kind="drift", change="envelope")  # lines have none
    assert await asked() == drifted


@pytest.mark.parametrize("body", [b"{", b'{"a":1}\n{'])
@pytest.mark.parametrize("media", ["application/json", "application/x-ndjson"])
def test_what_only_says_that_it_is_json_is_left_alone(media: str, body: bytes) -> None:
    answer = Answer(200, body, {"Content-Type": media})
    assert json_of(answer) is None
    assert json_lines(body) is None
