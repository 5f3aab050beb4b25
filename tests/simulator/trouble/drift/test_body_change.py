"""A change at one place: drawn or named, the same in every answer, and nothing where there is none."""

import pytest

from tests.simulator.conftest import Play
from tests.simulator.trouble.drift.conftest import Before
from tidegate.openapi.document import Document


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
