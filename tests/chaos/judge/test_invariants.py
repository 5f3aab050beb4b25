"""Each invariant, and a run made wrong on purpose that it catches."""

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.judge.invariants import EFFECT, broken, judge, leaks
from tidegate.vendor.vendor import Limit

LIMITS = [Limit.model_validate({"name": "account", "rate": "1/s", "burst": 2})]
SECRET = "sk_test_a+b/c=very secret"


def ending(n: int, told: ReportedOutcome = ReportedOutcome.DONE, story: Any = "payment") -> IntentResult:
    return IntentResult(Intent(f"order-{n}", story, float(n)), told, n + 0.1, (200,))


def entry(at: float, *paid: int) -> dict[str, Any]:
    effects = [
        effect
        for n in paid
        for effect in (
            {"kind": "payment_intent.created", "id": f"pi_{n}", "intent": f"order-{n}"},
            {"kind": EFFECT, "id": f"pi_{n}", "intent": f"order-{n}"},
        )
    ]
    return {"at": at, "operation": "PostPaymentIntents", "effects": effects}


GOOD_ENDINGS = [ending(n) for n in range(20)]
GOOD_JOURNAL = [entry(float(n), n) for n in range(20)]


def test_a_run_in_which_everything_went_well_breaks_no_promise() -> None:
    figures = judge(GOOD_ENDINGS, GOOD_JOURNAL, LIMITS, [])
    assert broken(figures) == []
    assert (figures.asked, figures.feasible, figures.done, figures.attempts) == (20, 20, 20, 20)


def promises(*arguments: Any, **more: Any) -> list[str]:
    return [sentence.partition(":")[0] for sentence in broken(judge(*arguments, **more))]


def test_told_done_without_an_effect_is_lost() -> None:
    journal = [*GOOD_JOURNAL[:-1], entry(19.0)]
    assert promises(GOOD_ENDINGS, journal, LIMITS, []) == ["lost"]


def test_an_object_that_was_made_but_moved_no_money_is_no_effect() -> None:
    made_only = [{"kind": "payment_intent.created", "id": "pi_19", "intent": "order-19"}]
    journal = [*GOOD_JOURNAL[:-1], {**entry(19.0), "effects": made_only}]
    assert promises(GOOD_ENDINGS, journal, LIMITS, []) == ["lost"]


def test_a_read_has_no_effect_to_lose() -> None:
    endings = [*GOOD_ENDINGS[:-1], ending(19, story="read")]
    assert promises(endings, [*GOOD_JOURNAL[:-1], entry(19.0)], LIMITS, []) == []


def test_two_effects_for_one_intent_are_doubled_and_counted_once() -> None:
    journal = [*GOOD_JOURNAL, entry(30.0, 3), entry(40.0, 3)]
    assert judge(GOOD_ENDINGS, journal, LIMITS, []).doubled == 1
    assert promises(GOOD_ENDINGS, journal, LIMITS, []) == ["doubled"]


def test_an_effect_doubled_for_an_app_that_was_told_nothing_is_doubled_all_the_same() -> None:
    endings = [*GOOD_ENDINGS[:-1], ending(19, ReportedOutcome.UNKNOWN)]
    assert promises(endings, [*GOOD_JOURNAL, entry(30.0, 19)], LIMITS, []) == ["doubled"]


def test_told_not_applied_with_an_effect_is_contradicted() -> None:
    endings = [*GOOD_ENDINGS[:-1], ending(19, ReportedOutcome.NOT_APPLIED)]
    assert promises(endings, GOOD_JOURNAL, LIMITS, []) == ["contradicted"]


def test_told_unknown_contradicts_nothing_but_is_not_done() -> None:
    endings = [*GOOD_ENDINGS[:-1], ending(19, ReportedOutcome.UNKNOWN)]
    figures = judge(endings, GOOD_JOURNAL, LIMITS, [])
    assert (figures.unknown, figures.done, figures.contradicted) == (1, 19, 0)
    assert broken(figures) == []


def test_requests_beyond_the_documented_limit_are_over_quota() -> None:
    journal = [*GOOD_JOURNAL, *(entry(50.0) for _ in range(3))]
    assert judge(GOOD_ENDINGS, journal, LIMITS, []).over_quota == 1
    assert promises(GOOD_ENDINGS, journal, LIMITS, []) == ["over quota"]


def test_refusing_what_was_feasible_is_not_useful() -> None:
    endings = [*GOOD_ENDINGS[:-2], ending(18, ReportedOutcome.NOT_APPLIED), ending(19, ReportedOutcome.NOT_APPLIED)]
    assert promises(endings, GOOD_JOURNAL[:-2], LIMITS, []) == ["useful"]


def test_what_an_outage_makes_impossible_need_not_be_done() -> None:
    endings = [*GOOD_ENDINGS[:-2], ending(18, ReportedOutcome.NOT_APPLIED), ending(19, ReportedOutcome.NOT_APPLIED)]
    assert promises(endings, GOOD_JOURNAL[:-2], LIMITS, [(17.5, 100.0)]) == []


def test_a_secret_that_was_shown_breaks_a_promise() -> None:
    assert promises(GOOD_ENDINGS, GOOD_JOURNAL, LIMITS, [], leaked=1) == ["secret"]


def test_every_broken_promise_is_told_with_its_number() -> None:
    figures = replace(judge(GOOD_ENDINGS, GOOD_JOURNAL, LIMITS, []), lost=3, doubled=2)
    assert broken(figures) == [
        "lost: 3 apps were told done, and the vendor has no such payment",
        "doubled: 2 intents were paid more than once",
    ]


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(f"Authorization: Bearer {SECRET}", id="as it is"),
        pytest.param(f"url=/x?key={quote(SECRET, safe='')}", id="URL-encoded"),
        *(
            pytest.param(
                base64.b64encode(b"u" * n + SECRET.encode() + b":" * n).decode(), id=f"base64, {n} bytes before"
            )
            for n in range(4)
        ),
    ],
)
def test_a_secret_is_found_in_every_shape(output: str) -> None:
    assert leaks(SECRET, [b"harmless", output.encode()]) == 1


def test_what_does_not_show_the_secret_is_no_leak() -> None:
    assert leaks(SECRET, [b"sk_test_another", base64.b64encode(b"something else that is long enough"), b""]) == 0
