"""The burn rates of a vendor's error budget, as recording rules and alerts.

A burn rate of 1 uses the budget up exactly at the end of the objective's window. An alert looks at a long window, so
that a moment of trouble wakes nobody, and at a short one, so that it ends soon after the trouble does. The four pairs
are those of the Site Reliability Workbook, chapter 5 ("Multiwindow, Multi-Burn-Rate Alerts"), made for 30 days; for
another window the share of the budget that is used up stays the same, and the rate follows from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tidegate.configfile.units import written_duration, written_share
from tidegate.monitoring.alert import Alert
from tidegate.policy.alerting.slo import DAY_S, Slo

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """A pair of windows, in seconds, and the share of the budget that is used up within the long one."""

    long_s: float
    short_s: float
    share: float
    wakes: bool
    """Somebody is woken; otherwise it is a matter for the next day."""


BURN_WINDOWS = (
    BurnWindow(HOUR_S, 300.0, 0.02, wakes=True),
    BurnWindow(6 * HOUR_S, 1800.0, 0.05, wakes=True),
    BurnWindow(DAY_S, 2 * HOUR_S, 0.1, wakes=False),
    BurnWindow(3 * DAY_S, 6 * HOUR_S, 0.1, wakes=False),
)

WELL = "success|rejected|contention"
"""Verdicts of calls that got the vendor's answer: what it rejects for what was sent is no failure of its service."""
NOBODY = "cancelled"
"""The app went away: counts as neither."""


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """A figure that Prometheus keeps, so that alerts over days need not read every sample."""

    name: str
    expression: str


def recording_rules(vendor: str, slo: Slo) -> Iterator[RecordingRule]:
    """The share of bad calls over each window that an alert looks at."""
    spans = sorted({span for pair in BURN_WINDOWS for span in (pair.long_s, pair.short_s)})
    for span in spans:
        yield RecordingRule(_ratio("errors", span), _errors(vendor, span))
        if slo.latency is not None:
            yield RecordingRule(_ratio("slow", span), _slow(vendor, slo.latency, span))


def slo_alerts(vendor: str, slo: Slo, severity: str) -> Iterator[Alert]:
    """An alert for each objective and pair of windows."""
    yield from _burns(vendor, slo, "errors", 1.0 - slo.availability, severity)
    if slo.latency is not None:
        yield from _burns(vendor, slo, "slow", 1.0 - slo.latency_share, severity)


def _burns(vendor: str, slo: Slo, kind: str, budget: float, severity: str) -> Iterator[Alert]:
    where, window = f'{{vendor="{vendor}"}}', written_duration(slo.window)
    what = "do not go well" if kind == "errors" else f"take longer than {written_duration(slo.latency or 0.0)}"
    for pair in BURN_WINDOWS:
        rate = pair.share * slo.window / pair.long_s
        bound = f"{rate * budget:.6g}"
        long, short = _ratio(kind, pair.long_s), _ratio(kind, pair.short_s)
        yield Alert(
            f"TidegateBudget{'Errors' if kind == 'errors' else 'Slow'}{written_duration(pair.long_s)}",
            f"{long}{where} > {bound} and {short}{where} > {bound}",
            "2m" if pair.wakes else "15m",
            severity if pair.wakes else "info",
            f"So many calls {what} that {written_share(pair.share)} of the error budget of {window} "
            f"was used up within {written_duration(pair.long_s)}.",
            (
                f"Which operations? sum by (operation, verdict) (rate(tidegate_calls_total{where}[5m]))",
                "Is it the vendor (verdict failed), a limit (throttled), a credential, or Tidegate itself (refused)?",
                f"Which calls? tidegate calls --vendor {vendor} --verdict failed; all at a glance: tidegate top.",
                "The other alerts of this vendor say what cures each.",
            ),
        )


def _ratio(kind: str, span_s: float) -> str:
    return f"tidegate:slo_{kind}:ratio_rate{written_duration(span_s)}"


def _errors(vendor: str, span_s: float) -> str:
    span, all_calls = written_duration(span_s), f'vendor="{vendor}",verdict!="{NOBODY}"'
    bad = f'vendor="{vendor}",verdict!~"{WELL}|{NOBODY}"'
    return (
        f"sum by (vendor) (rate(tidegate_calls_total{{{bad}}}[{span}]))"
        f" / sum by (vendor) (rate(tidegate_calls_total{{{all_calls}}}[{span}]))"
    )


def _slow(vendor: str, bound_s: float, span_s: float) -> str:
    span, where = written_duration(span_s), f'vendor="{vendor}"'
    return (
        f'1 - sum by (vendor) (rate(tidegate_call_seconds_bucket{{{where},le="{bound_s}"}}[{span}]))'
        f" / sum by (vendor) (rate(tidegate_call_seconds_count{{{where}}}[{span}]))"
    )
