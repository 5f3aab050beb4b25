"""The blocks of the policy as a whole: a file that writes none keeps every promise, and each key of it is acted on."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.tidegate.plans import plans
from tidegate.configfile.block import Block
from tidegate.configfile.rule import RULES
from tidegate.plan.plan import OperationPlan
from tidegate.policy.plan_values import sources_of
from tidegate.policy.policy import OperationSettings, Policy
from tidegate.policy.timeout import TimeoutPlan

ELSEWHERE = {
    "quota_alert": "the limits of a vendor (proxy.upstream.vendor_limits) and the alert rules (monitoring.alert_rules)",
    "alerts": "the alert rules (monitoring.alert_rules)",
    "slo": "the alert rules (monitoring.slo_alerts)",
    "redact": "the reply writer, streams (proxy.secrecy.echoed_secrets) and the desk (proxy.desk.hidden_content)",
    "forward": "the request writer (proxy.upstream.request_writer)",
    "unlisted": "the gateway (proxy.onramp.gateway)",
    "limiter": "the limits of a vendor and the limiter stage, with the mode in `reports`",
    "idempotency": "the planner, which needs it first",
}
"""Keys without a plan value of their own, and who acts on them."""


def blocks() -> list[Block]:
    return [block for name in Policy.model_fields if isinstance(block := getattr(Policy(), name), Block)]


def test_the_defaults_keep_every_rule_about_a_block(tmp_path: Path) -> None:
    judged: list[Any] = [
        *blocks(),
        *plans(tmp_path, ("  timeout: {attempt: 12s, first_byte: 8s, connect: 2s}\n", "")).values(),
    ]
    subjects = {known.subject for known in RULES for one in judged if isinstance(one, known.subject)}
    assert TimeoutPlan in subjects
    assert len(subjects) > 1
    breaches = [
        breach for known in RULES for one in judged if isinstance(one, known.subject) for breach in known.judge(one)
    ]
    assert breaches == []


def test_every_key_has_a_plan_value_or_somebody_else_who_acts_on_it() -> None:
    sources = sources_of(OperationPlan).values()
    planned = {source.policy[0] for source in sources if source.policy} | {
        source.entry[0] for source in sources if source.entry
    }
    assert {*Policy.model_fields, *OperationSettings.model_fields} - planned == set(ELSEWHERE)


def test_an_operation_may_only_say_what_it_can_have(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        OperationSettings.model_validate({"queue": {"depth": 1}})


def test_nothing_can_be_changed_after_it_was_read() -> None:
    for block in blocks():
        with pytest.raises(ValidationError, match="frozen"):
            setattr(block, next(iter(type(block).model_fields)), None)
