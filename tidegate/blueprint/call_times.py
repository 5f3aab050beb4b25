"""Timeouts, retries and limits: call by call, the retry parameters with their formula, and the bounds."""

from collections.abc import Mapping

from tidegate.blueprint.failure_modes import away
from tidegate.blueprint.joined_rows import Row, joined_table, table
from tidegate.blueprint.summary import limits_of, retry_budget
from tidegate.configfile.units import written_duration
from tidegate.plan.bounds import Bound
from tidegate.plan.operation_pattern import is_pattern
from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.defer import deadline_s, defers
from tidegate.policy.idempotency import describe
from tidegate.vendor.vendor import Vendor

CALLS_MAX = 60
"""So many operations have a row of their own."""
WAITS_MAX = 5
"""The ranges of so many retries are written out."""
HINT_JITTER = 0.1
"""A wait that the vendor asked for is stretched by up to this share (tidegate.proxy.policies.resilience.backoff)."""

Plans = Mapping[str, OperationPlan]


def call_by_call(vendor: Vendor, plans: Plans) -> str:
    """A row for each operation; of a large document, for those that the file names."""
    listed = [name for name in plans if not name.startswith("unlisted")]
    named = [name for name in vendor.operations if name in plans and not is_pattern(name)]
    shown = listed if len(listed) <= CALLS_MAX else (named or listed)[:CALLS_MAX]
    head = ("Call", "Request", "A resend", "Time", "Tries", "Limits", "Vendor away")
    rows = []
    for name in shown:
        plan = plans[name]
        bounds: list[Bound] = [*plan.limits, *plan.quotas, *plan.concurrency]
        limits = ", ".join(bound.name for bound in bounds)
        time = f"{written_duration(plan.budget_s)} in all, {written_duration(plan.attempt_s)} a try"
        request = f"`{plan.method} {plan.template}`"
        rows.append(
            (f"`{name}`", request, describe(plan), time, str(plan.retry_attempts), limits or "none", away(plan))
        )
    rest = len(listed) - len(shown)
    more = f"\n\n{rest} further operations are in the tables below." if rest > 0 else ""
    return table(head, rows) + more


def timeouts_and_retries(vendor: Vendor, plans: Plans) -> str:
    """The summary of times, retries and limits."""
    head = ("Operation", "Attempts", "Wait before a retry", "Jitter range", "After a 429", "Call budget")
    rows: dict[str, Row] = {}
    for name, plan in plans.items():
        rows[name] = (
            str(plan.retry_attempts),
            _formula(plan),
            _ranges(plan),
            _after_throttle(plan),
            written_duration(plan.budget_s),
        )
    limits = limits_of(vendor)
    later = {name: _later(plan) for name, plan in plans.items() if defers(plan) and plan.defer.when != "never"}
    tries = ("Carried out later", "Tries", "Wait before a try", "For at most")
    return (
        joined_table(head, rows)
        + ("\n\n" + joined_table(tries, later) if later else "")
        + "\n\n"
        + table(
            ("Summary", ""),
            [
                ("Retry budget", retry_budget(vendor.policy.retry.budget)),
                ("Retry-After", f"as the vendor says, stretched by 0 to {HINT_JITTER:.0%}, never shortened"),
                ("A wait that does not fit into the call's budget", "ends the call now"),
                ("Limits", limits),
                ("When a limit is used up", f"calls wait, {vendor.policy.queue.depth} at most"),
            ],
        )
    )


def _later(plan: OperationPlan) -> Row:
    """The tries of a write that is carried out later."""
    defer = plan.defer
    base, cap = written_duration(defer.base), written_duration(defer.cap) if defer.cap else "1m, later 15m"
    full, added = f"random(0, min({cap}, {base} · 2ⁿ))", f"min({cap}, {base} · 2ⁿ + random(0, {base}))"
    wait = full if defer.jitter == "full" else added
    return str(defer.attempts or "any number"), wait, written_duration(deadline_s(plan))


def _formula(plan: OperationPlan) -> str:
    if plan.retry_attempts < 2:
        return "none"
    base, cap = written_duration(plan.retry_base_s), written_duration(plan.retry_cap_s)
    bound = f"min({cap}, {base} · 2ⁿ⁻¹)"
    return f"random(0, {bound})" if plan.retry_jitter == "full" else bound


def _ranges(plan: OperationPlan) -> str:
    """The range of each wait, written out."""
    least = "0" if plan.retry_jitter == "full" else "exactly"
    waits = [
        min(plan.retry_base_s * 2.0**number, plan.retry_cap_s)
        for number in range(min(plan.retry_attempts - 1, WAITS_MAX))
    ]
    written = [f"{least} to {_milli(wait)}" if least == "0" else _milli(wait) for wait in waits]
    more = "; …" if plan.retry_attempts - 1 > WAITS_MAX else ""
    return "; ".join(written) + more if waits else "none"


def _after_throttle(plan: OperationPlan) -> str:
    if plan.retry_attempts < 2:
        return "the vendor's own 429"
    return f"as Retry-After says, else 0 to {_milli(min(plan.throttle_base_s, plan.retry_cap_s))} at first"


def _milli(seconds: float) -> str:
    return written_duration(seconds) if seconds >= 1 else f"{seconds * 1000:g}ms"
