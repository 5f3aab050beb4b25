"""What a vendor's failures mean for what we promise, and the signals by which they are seen."""

from tidegate.blueprint.joined_rows import table
from tidegate.blueprint.summary import Plans
from tidegate.configfile.units import written_duration, written_share
from tidegate.monitoring.alert_rules import alerts_of
from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.defer import defers
from tidegate.vendor.vendor import Vendor

DAY_S = 86_400.0
MONTH_S = 30 * DAY_S
USUAL = 0.999
"""Looked at where the file names no objective."""
OUTAGE_S = 300.0

SIGNALS = (
    ("tidegate_calls_total", "calls by verdict", "is it the vendor, a limit, the credential, or us?"),
    ("tidegate_call_seconds", "time of a call", "what apps wait for, retries included"),
    ("tidegate_attempts_total", "exchanges with the vendor", "attempts for each call: retries at work"),
    ("tidegate_outcomes_total", "what became of writes", "any `unknown` is for a person"),
    ("tidegate_breaker_state", "0 closed, 1 half-open, 2 open", "whether calls are refused at once"),
    ("tidegate_limit_used_ratio", "share of a limit in use", "how near the vendor's refusal is"),
    ("tidegate_queue_depth", "calls that wait", "whether apps ask for more than the vendor gives"),
    ("tidegate_repeats_total", "calls that apps sent again", "an app that retries by itself, which it should not"),
)  # fmt: skip
"""Metric, what it counts, and what it is looked at for. A test compares the names with the proxy's."""


def service_level(vendor: Vendor, plans: Plans) -> str:
    """What is left of a promise when the vendor fails."""
    slo, breaker = vendor.policy.slo, vendor.policy.breaker
    goal, window_s = (slo.availability, slo.window) if slo is not None else (USUAL, MONTH_S)
    budget_s = (1 - goal) * window_s
    objective = f"{written_share(goal)} over {window_s / DAY_S:g} days" + (
        "" if slo else " (usual; the file names none)"
    )
    covered = [name for name, plan in plans.items() if plan.unavailable in ("cache", "static", "defer") or _waits(plan)]
    bare = [name for name, plan in plans.items() if name not in covered]
    back_s = breaker.open_max + breaker.ramp
    rows = [
        ("Objective", objective),
        ("Error budget", f"{budget_s / 60:.1f} minutes of full outage"),
        (
            "An outage of five minutes",
            f"uses up {min(OUTAGE_S / budget_s, 9.99):.0%} of it for calls without a fallback",
        ),
        ("Operations with a fallback", f"{len(covered)} of {len(plans)}"),
        ("Operations that fail with the vendor", f"{len(bare)} of {len(plans)}"),
        ("A failed call costs an app at most", _longest(plans)),
        ("While the breaker is open", "calls are refused within milliseconds, with Retry-After"),
        ("After the vendor is back", f"at full rate within {written_duration(back_s)}"),
        ("Single failures", _independent(plans)),
    ]
    return table(("Impact", ""), rows)


def _waits(plan: OperationPlan) -> bool:
    return defers(plan) and plan.defer.when != "never"


def _longest(plans: Plans) -> str:
    return written_duration(max((plan.budget_s for plan in plans.values()), default=0.0))


def _independent(plans: Plans) -> str:
    """What retries make of failures that have nothing to do with each other."""
    resent = [plan.retry_attempts for plan in plans.values() if plan.idempotency not in ("never-resend", "lookup")]
    tries = min((tries for tries in resent if tries > 1), default=1)
    if tries == 1:
        return "1 in 100 stays 1 in 100: nothing is tried again"
    return f"1 in 100 becomes 1 in {100**tries:,} for what may be sent again ({tries} tries); an outage is not single"


def monitoring_signals(vendor: Vendor) -> str:
    """The metrics to look at, and the alerts that look by themselves."""
    where = f'{{vendor="{vendor.vendor}"}}'
    signals = [(f"`{name}{where}`", counts, why) for name, counts, why in SIGNALS]
    alerts = [(alert.name, alert.severity, alert.means) for alert in alerts_of(vendor)]
    return (
        table(("Signal", "Counts", "Looked at for"), signals)
        + "\n\n"
        + table(("Alert", "Severity", "Means"), alerts)
        + "\n\nEach call has a log line (app, operation, verdict, attempts, times) and a trace; `tidegate dashboards` "
        "draws these signals."
    )
