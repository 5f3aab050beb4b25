"""A line that is made from a form says what the line made in full says, and neither shows a secret."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proxy.examples import attempt, finished, plan
from tidegate.proxy.call.call import CarriedDeliveries
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Streamed
from tidegate.proxy.telemetry.call_lines import FORMS_MAX, CallLines
from tidegate.proxy.telemetry.log_line import line_of
from tidegate.redaction.redactor import Redactor

PLANS = [plan(), plan(operation="Get100%Of", template="/a/%s/{b}"), plan(idempotency="never-resend")]
KEY = b"k"

SECONDS = st.floats(0.0, 1000.0)
CALLS = st.builds(
    lambda plan, tries, changes: finished(plan=plan, attempts=tries, **changes),
    st.sampled_from(PLANS),
    st.lists(
        st.builds(
            attempt,
            number=st.integers(1, 3),
            ended=SECONDS.map(lambda took: 100.0 + took),
            status=st.sampled_from([0, 200, 404]),
            error=st.sampled_from(["", "dns_error"]),
            request_id=st.sampled_from(["", "req_7", 'a "quoted" %b']),
        ),
        max_size=2,
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "now": SECONDS.map(lambda took: 100.0 + took),
            "deadline": SECONDS.map(lambda left: 100.0 + left),
            "wall": st.floats(0.0, 4e9),
            "queued_s": SECONDS,
            "app": st.sampled_from(["shop", "local"]),
            "call_id": st.sampled_from(["c1", "0a" * 12]),
            "key": st.sampled_from(["", "order-1"]),
            "trace_id": st.sampled_from(["", "ab" * 16]),
            "stop": st.sampled_from(["", "cancelled"]),
            "cache": st.sampled_from(["", "hit", "miss"]),
            "replayed": st.booleans(),
            "repeats": st.sampled_from(["", "c0"]),
            "error": st.sampled_from(["", "dns_error"]),
            "verdict": st.sampled_from(Verdict),
            "outcome": st.sampled_from(Outcome),
            "status": st.sampled_from([200, 503]),
            "streamed": st.sampled_from([None, Streamed(5)]),
        },
    ),
)


@given(st.lists(CALLS, min_size=1, max_size=20))
def test_every_line_is_the_one_that_is_made_in_full(calls: list[Any]) -> None:
    lines = CallLines(Redactor(["5ec2e7" * 5]), KEY)
    for made in calls:
        assert orjson.loads(lines.line(made)) == orjson.loads(orjson.dumps(line_of(made, KEY)))
        assert lines.line(made).endswith(b"}\n")


def test_lines_of_one_kind_share_a_form_and_others_do_not() -> None:
    lines = CallLines(Redactor([]), KEY)
    rest = {"plan": PLANS[0]}
    for made in (
        finished(**rest, now=101.0),
        finished(**rest),
        finished(**rest, status=404),
        finished(app="x", **rest),
    ):
        lines.line(made)
    assert len(lines._forms) == 3


def test_forms_are_bounded() -> None:
    lines = CallLines(Redactor([]), KEY)
    for number in range(FORMS_MAX + 5):
        lines.line(finished(app=f"app-{number}"))
    assert len(lines._forms) <= FORMS_MAX


@pytest.mark.parametrize("tries", [1, 2])
@pytest.mark.parametrize("place", ["app", "template", "request_id"])
def test_no_line_shows_a_secret_however_it_is_made(place: str, tries: int) -> None:
    secret = "5ec2e7" * 5
    changes: dict[str, Any] = {"attempts": [attempt() for _ in range(tries)]}
    if place == "app":
        changes["app"] = f"of {secret}"
    elif place == "template":
        changes["plan"] = plan(template=f"/of {secret}")
    else:
        changes["attempts"] = [attempt(request_id=f"of {secret}") for _ in range(tries)]
    lines = CallLines(Redactor([secret]), KEY)
    for _ in range(2):
        line = lines.line(finished(**changes))
        assert b"5ec2e7" not in line
        assert b"of [redacted]" in line


def test_a_line_of_a_deferred_call_is_no_form_for_that_of_a_live_one() -> None:
    lines = CallLines(Redactor(()), KEY)
    carried = [lines.line(finished(carried=CarriedDeliveries((name,)))) for name in ("d1", "d2")]
    assert [orjson.loads(line)["delivery"] for line in carried] == ["d1", "d2"]
    assert "delivery" not in orjson.loads(lines.line(finished()))
