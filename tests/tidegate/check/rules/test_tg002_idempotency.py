"""TG002: a write without a plan for its resend is refused."""

from pathlib import Path

import pytest

from tests.tidegate.plans import POST, Change, broken


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([(f"operations:\n  {POST}\n", "")], [("TG002", "operations")]),
        ([(POST, "PostOrders: {idempotency: vendor-key}")], [("TG002", "operations")]),
        ([(POST, "Post*: {idempotency: natural}")], [("TG002", "operations.Post*.idempotency")]),
        ([(POST, "Post*: {idempotency: never-resend}")], []),
        ([(POST, f"{POST}\n  PostOrderPay: {{idempotency: natural}}")], []),
        ([(POST, f"{POST}\n  PutOrder: {{idempotency: vendor-key}}")], [("TG002", "operations.PutOrder.idempotency")]),
        ([("methods: [POST]", "methods: [PUT]")], [("TG002", "operations.Post*.idempotency")]),
        (
            [("  idempotency: {header: Idempotency-Key, methods: [POST], remembers: 24h}\n", "")],
            [("TG002", "operations.Post*.idempotency")],
        ),
    ],
)
def test_every_write_has_a_plan_that_it_can_have(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]
) -> None:
    assert broken(tmp_path, *changes) == expected
