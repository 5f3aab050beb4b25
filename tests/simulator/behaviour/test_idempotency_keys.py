"""Idempotency keys keep what the vendor keeps, for as long, and refuse what it refuses."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.simulator.conftest import Play, facts
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.behaviour.idempotency_keys import IdempotencyKeys

HINT = "Stripe-Should-Retry"
OTHER, SAME = b"other", b"same"


@pytest.fixture
def keys() -> IdempotencyKeys:
    declared = facts().facts.idempotency
    assert declared is not None
    return IdempotencyKeys(declared, HINT)


def refusal(keys: IdempotencyKeys, key: str, fingerprint: bytes) -> VendorError:
    with pytest.raises(VendorError) as refused:
        keys.begin(key, fingerprint, 0.0, "req_2")
    return refused.value


def answered(status: int) -> Answer:
    return Answer(status, b"{}", {"Request-Id": "req_1"})


@pytest.mark.parametrize("status", [200, 402, 404, 500])
def test_the_first_answer_is_given_again_whatever_it_was(keys: IdempotencyKeys, status: int) -> None:
    assert keys.begin("k", SAME, 0.0, "req_1") is None
    keys.finish("k", answered(status))
    again = keys.begin("k", SAME, 1.0, "req_2")
    assert again is not None
    assert (again.status, again.body) == (status, b"{}")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == "req_1"
    assert again.headers["Request-Id"] == "req_2"


def test_a_streamed_answer_is_given_again_event_by_event_also_by_who_got_the_keys_as_data(
    keys: IdempotencyKeys,
) -> None:
    events = (b"data: 1\n\n", b"data: \xff\n\n")
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", Answer(200, b"", {"Request-Id": "req_1"}, events))
    described = keys.described(1.0)
    for _ in range(2):
        again = keys.begin("k", SAME, 1.0, "req_2")
        assert again is not None
        assert (again.body, again.events) == (b"", events)
        keys.reset()
        keys.restore(described, 1.0)


def test_a_stored_failure_says_that_asking_again_is_no_use(keys: IdempotencyKeys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(500))
    again = keys.begin("k", SAME, 1.0, "req_2")
    assert again is not None
    assert again.headers[HINT] == "false"


def test_a_key_that_still_runs_is_a_conflict_worth_another_try(keys: IdempotencyKeys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    conflict = refusal(keys, "k", SAME)
    assert (conflict.status, conflict.reason) == (409, "key-in-use")
    assert conflict.headers == {HINT: "true"}


def test_another_request_under_the_key_is_an_error_and_keeps_the_first_answer(keys: IdempotencyKeys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(200))
    mismatch = refusal(keys, "k", OTHER)
    assert mismatch.reason == "key-mismatch"
    assert keys.begin("k", SAME, 1.0, "req_3") is not None


def test_a_key_has_at_most_255_characters(keys: IdempotencyKeys) -> None:
    assert keys.begin("k" * 255, SAME, 0.0, "req_1") is None
    assert refusal(keys, "k" * 256, SAME).reason == "key-invalid"


def test_a_key_is_forgotten_after_24_hours_and_not_before(keys: IdempotencyKeys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(200))
    assert keys.begin("k", SAME, 86_399.0, "req_2") is not None
    assert keys.begin("k", OTHER, 86_400.0, "req_3") is None


def test_a_freed_key_may_be_used_for_anything(keys: IdempotencyKeys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.free("k")
    assert keys.begin("k", OTHER, 0.0, "req_2") is None


def test_a_vendor_that_stores_only_successes_frees_the_key_of_a_failure() -> None:
    declared = facts(
        idempotency={"header": "K", "methods": ("POST",), "remembers": "1h", "replays": ("2xx",)}
    ).facts.idempotency
    assert declared is not None
    keys = IdempotencyKeys(declared, None)
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(500))
    assert keys.begin("k", SAME, 0.0, "req_2") is None


# --- six vendors' ways, as docs/idempotency.md has them -------------------------------------------------------------

ADYEN = Path(__file__).resolve().parents[3] / "adapters" / "adyen" / "vendor.yaml"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "idempotency.md"
BLOCKS: dict[str, Any] = {
    name: YAML(typ="safe").load(block)["idempotency"]
    for name, block in re.findall(
        r"^## (.+?)\n.*?```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
}


def keys_of(vendor: str) -> IdempotencyKeys:
    block = {**BLOCKS[vendor], "methods": tuple(BLOCKS[vendor]["methods"]), "replays": tuple(BLOCKS[vendor]["replays"])}
    declared = facts(idempotency=block).facts.idempotency
    assert declared is not None
    return IdempotencyKeys(declared, None)


def test_the_page_has_the_six_vendors() -> None:
    assert list(BLOCKS) == ["Stripe, v1", "Stripe, v2", "Checkout.com", "PayPal", "Adyen", "Square"]


@pytest.mark.parametrize(
    ("vendor", "kept"),
    [
        ("Stripe, v1", {200, 402, 500}),
        ("Stripe, v2", {200}),
        ("Checkout.com", {200}),
        ("PayPal", {200}),
        ("Adyen", {200, 402}),
        ("Square", {200}),
    ],
)
def test_which_answers_each_vendor_keeps(vendor: str, kept: set[int]) -> None:
    found = set()
    for status in (200, 402, 500):
        keys = keys_of(vendor)
        keys.begin("k", SAME, 0.0, "req_1")
        keys.finish("k", answered(status))
        if keys.begin("k", SAME, 1.0, "req_2") is not None:
            found.add(status)
    assert found == kept


@pytest.mark.parametrize(
    ("vendor", "refuses"),
    [
        ("Stripe, v1", True),
        ("Stripe, v2", True),
        ("Checkout.com", False),
        ("PayPal", False),
        ("Adyen", False),
        ("Square", True),
    ],
)
def test_what_another_request_under_the_key_brings(vendor: str, refuses: bool) -> None:
    keys = keys_of(vendor)
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(200))
    if refuses:
        assert refusal(keys, "k", OTHER).reason == "key-mismatch"
    else:
        assert keys.begin("k", OTHER, 1.0, "req_2") is not None


@pytest.mark.parametrize(
    ("vendor", "remembers_s"),
    [("Stripe, v1", 86_400), ("Stripe, v2", 2_592_000), ("PayPal", 21_600), ("Adyen", 604_800)],
)
def test_how_long_each_vendor_remembers(vendor: str, remembers_s: float) -> None:
    keys = keys_of(vendor)
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(200))
    assert keys.begin("k", SAME, remembers_s - 1, "req_2") is not None
    assert keys.begin("k", SAME, float(remembers_s), "req_3") is None


def test_adyens_own_file_has_the_block_of_the_page() -> None:
    written = YAML(typ="safe").load(ADYEN.read_text(encoding="utf-8"))
    assert written["facts"]["idempotency"] == BLOCKS["Adyen"]


def test_squares_key_stands_in_the_body_must_be_there_and_is_short() -> None:
    keys = keys_of("Square")
    assert keys.key_of("POST", "a header counts for nothing", {"idempotency_key": "k"}) == "k"
    with pytest.raises(VendorError) as refused:
        keys.key_of("POST", "", {})
    assert (refused.value.reason, refused.value.details["param"]) == ("key-missing", "idempotency_key")
    assert keys.begin("k" * 45, SAME, 0.0, "req_1") is None
    assert refusal(keys, "k" * 46, SAME).reason == "key-invalid"
    assert keys.key_of("GET", "", {}) == ""


def test_a_key_of_one_operation_is_another_key_for_another() -> None:
    keys = keys_of("Checkout.com")
    assert keys.place("k", "sk_1", "refund") != keys.place("k", "sk_1", "capture")
    assert keys_of("Stripe, v1").place("k", "sk_1", "a") == keys_of("Stripe, v1").place("k", "sk_1", "b")
    assert keys_of("Stripe, v1").place("k", "sk_1", "a") != keys_of("Stripe, v1").place("k", "sk_2", "a")


async def test_paypal_answers_with_the_object_as_it_is_now(play: Play) -> None:
    block = {**BLOCKS["PayPal"], "methods": ("POST",), "replays": ("2xx",)}
    vendor = await play(facts(idempotency=block))
    _, made = await vendor.ask("POST", "/v1/customers", "name=A", PayPal_Request_Id="k")
    await vendor.ask("POST", f"/v1/customers/{made['id']}", "name=B")
    status, again = await vendor.ask("POST", "/v1/customers", "name=A", PayPal_Request_Id="k")
    assert (status, again["id"], again["name"]) == (200, made["id"], "B")
    assert vendor.simulator.journal.entries[-1].effects == []


def test_what_was_done_is_kept_where_the_vendor_failed_to_say_so_and_keeps_no_failures() -> None:
    declared = facts().facts.idempotency
    assert declared is not None
    keys = IdempotencyKeys(declared.model_copy(update={"replays": ("2xx",)}), HINT)
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(500), answered(201))
    again = keys.begin("k", SAME, 1.0, "req_2")
    assert again is not None
    assert again.status == 201
    keys.begin("free", SAME, 0.0, "req_3")
    keys.finish("free", answered(500))
    assert keys.begin("free", SAME, 1.0, "req_4") is None
