"""Tests of tidegate.proxy.console.deliveries.delivery_rows."""

from typing import Any

from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.console.deliveries.delivery_rows import BY_HAND, OUTCOMES, TONES_OF_TRIES, delivery_row, story
from tidegate.proxy.policies.delivery.delivery import MAY

AT = "2026-01-31T10:00:0{}.000Z"


def one(**changes: Any) -> dict[str, Any]:
    of = {"id": "d1", "box": "outbox", "app": "shop", "vendor": "stripe", "operation": "PostRefunds",
          "state": "waiting", "reason": "", "detail": "", "attempts": 1, "accepted": AT.format(0), "order_key": "",
          "not_before": AT.format(9), "tries": [], "audit": []}  # fmt: skip
    return of | changes


def a_try(n: int, began: int, ended: int | None, **changes: Any) -> dict[str, Any]:
    return {"n": n, "began": AT.format(began), "ended": None if ended is None else AT.format(ended), "outcome": "",
            "status": 0, "problem": "", "call": f"c{n}", "late": False} | changes  # fmt: skip


def test_every_outcome_and_act_has_its_words() -> None:
    assert set(OUTCOMES) - {""} == set(TONES_OF_TRIES) == set(map(str, Outcome))
    assert set(BY_HAND) == set(MAY)


def test_a_story_tells_tries_waits_and_acts_in_their_order() -> None:
    failed = a_try(1, 1, 2, outcome="not applied", problem="vendor-unavailable", status=503)
    hand = {"wall": 1769853604.0, "by": "ada", "action": "redo", "edited": True, "note": "mended"}
    lines = story(one(tries=[failed, a_try(2, 5, None, late=True)], audit=[hand, "not a document"]))
    assert [(line.what, line.took_s, line.why) for line in lines] == [
        ("accepted", None, "shop gave it to Tidegate."),
        ("waited", 1.0, "It waited for its turn: for a worker, a breaker that was open, or a limit."),
        ("try 1", 1.0, "The answer was 503. vendor-unavailable: It was not carried out."),
        ("by hand", None, "ada had it sent under a new key, with another body. — mended"),
        ("waited", 1.0, "It waited for its turn: for a worker, a breaker that was open, or a limit."),
        ("try 2", None, "No end of it is known. This end came too late, and changed nothing."),
    ]
    assert lines[2].call == "c1"


def test_a_row_says_when_it_is_tried_next_while_it_waits() -> None:
    assert delivery_row(one(), AT.format(5)).age_s == 5.0
    assert delivery_row(one(), AT.format(5)).next_try == AT.format(9)
    assert not delivery_row(one(state="dead"), AT.format(5)).next_try


def test_a_wait_after_a_try_is_a_pause_and_an_order_key_may_hold_it_up() -> None:
    lines = story(one(tries=[a_try(1, 0, 1), a_try(2, 5, 6)], order_key="o-1"))
    assert lines[2].why.startswith("A pause after a try that did not end well")
    assert lines[2].why.endswith("an earlier one of its order key, o-1.")
