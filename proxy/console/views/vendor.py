"""The page of one vendor: how it stands, its limits over time, breakers, credentials, what ends, its operations."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tidegate.configfile.units import written_duration
from tidegate.plan.plan import OperationPlan
from tidegate.proxy.console.charts import Sparkline, TimeChart, sparkline, time_chart
from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.shown_values import count, seconds, share
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, View
from tidegate.proxy.console.views.overview import vendor_row
from tidegate.proxy.desk.drift_desk import DEPRECATIONS, DriftDesk
from tidegate.proxy.secrets.secret_status import SecretStatus
from tidegate.proxy.telemetry.recent_calls import RecentCalls

OPERATIONS_MAX = 100
"""Of a vendor with more, those that were called lately come first, and one looks for the others."""
FORCED = ("forced open", "forced closed")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit or quota: the share of it that is in use, and how that went."""

    name: str
    used: float
    chart: Sparkline
    day: Sparkline


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation in the list."""

    name: str
    request: str
    resend: str
    budget: str
    attempts: int
    limits: str
    calls: int
    failed: int


@dataclass(frozen=True, slots=True)
class SecretRow:
    """One secret of a vendor; never its value."""

    reference: str
    version: int | None
    age_s: float
    due_s: float | None
    expires_s: float | None
    trouble: str


def vendor_view(sources: ConsoleSources) -> View:
    """The page at `/vendors/{vendor}`."""

    async def show(request: PageRequest) -> PageData | PageFailure:
        name = request.path["vendor"]
        document: Mapping[str, Any] = sources.overview.document()
        state = sources.proxy.state().get(name)
        if state is None or name not in document["vendors"]:
            return PageFailure(404, f"no vendor {name!r} is served", "The overview lists those that are.")
        of, plans, wanted = document["vendors"][name], sources.plans(name), request.query.get("q", "").strip()
        rows = operation_rows(plans, sources.recent, name)
        found = [row for row in rows if wanted.lower() in f"{row.name} {row.request}".lower()]
        upstream = sources.upstreams.get(name)
        return PageData(
            {
                "vendor": name,
                "row": vendor_row(name, of, document["refused"].get(name) or ""),
                "purpose": upstream.loaded.vendor.purpose if upstream is not None else "",
                "address": upstream.address if upstream is not None else "",
                "charts": _charts(of["history"], document["step_s"]),
                "limits": limit_rows(of),
                "breakers": {group: {"state": "", **facts} for group, facts in sorted(state.breakers.items())},
                "forced": FORCED,
                "pool": state.credentials,
                "secrets": [secret_row(one) for one in _secrets(sources, name)],
                "ending": _ending(sources.drift, name),
                "file": state.file,
                "would_refuse": state.would_refuse,
                "operations": found[:OPERATIONS_MAX],
                "operations_found": len(found),
                "operations_count": len(rows),
                "wanted": wanted,
            },
            title=name,
        )

    return View("/vendors/{vendor}", "Vendor", "vendor.html", show)


def limit_rows(of: Mapping[str, Any]) -> list[LimitRow]:
    """The limits of a vendor of the overview, the fullest first."""
    minutes: Mapping[str, list[float | None]] = of["history"].get("limits", {})
    days: Mapping[str, list[float | None]] = of.get("limits_day", {})
    limits: Mapping[str, float] = of["limits"]
    return [
        LimitRow(
            name,
            used,
            sparkline(minutes.get(name, []), f"{name}, last ten minutes, now {share(used)}", 1.0),
            sparkline(day := days.get(name, []), f"{name}, last 24 hours, at most {share(_most(day))}", 1.0),
        )
        for name, used in sorted(limits.items(), key=lambda limit: (-limit[1], limit[0]))
    ]


def operation_rows(plans: Mapping[str, OperationPlan], recent: RecentCalls, vendor: str) -> list[OperationRow]:
    """The operations of a vendor: those that were called lately first, the others by name."""
    calls, failed = Counter[str](), Counter[str]()
    for call in recent.newest():
        if call.plan.vendor == vendor:
            calls[call.plan.operation] += 1
            failed[call.plan.operation] += call.status >= 500 or not call.status
    rows = [
        OperationRow(
            name, f"{plan.method} {plan.template}", plan.idempotency, written_duration(plan.budget_s),
            plan.retry_attempts, ", ".join(limit.name for limit in plan.limits) or "none", calls[name], failed[name],
        )
        for name, plan in plans.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.calls, row.name))


def secret_row(status: SecretStatus) -> SecretRow:
    """A secret's status as a row."""
    fallen = "the vendor refuses the newest version; the one before is in force" if status.fallen_back else ""
    refused = f"a new value is refused: {status.refusal}" if status.refusal else ""
    trouble = refused or fallen or (status.away if status.stale else "") or status.warning
    version = status.version
    return SecretRow(
        str(status.ref), version.number if version is not None else None,
        status.age_s, status.due_s, status.expires_s, trouble,
    )  # fmt: skip


def _secrets(sources: ConsoleSources, vendor: str) -> list[SecretStatus]:
    known = sources.secrets.statuses() if sources.secrets is not None else []
    return [status for status in known if status.use.vendor == vendor]


def _ending(drift: DriftDesk | None, vendor: str) -> Sequence[Mapping[str, Any]]:
    page = drift.page("GET", ["", DEPRECATIONS, vendor]) if drift is not None else None
    if page is None or page.status != 200:
        return []
    operations: list[Mapping[str, Any]] = orjson.loads(page.body)["operations"]
    return operations


def _most(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _charts(history: Mapping[str, Any], step_s: float) -> list[tuple[str, TimeChart]]:
    """Heading and line for each figure over the last ten minutes."""

    def times(values: list[float | None]) -> list[float | None]:
        return [None if value is None else value / 1000 for value in values]

    figures = (
        ("Calls a second", history["calls_per_s"], count),
        ("Errors a second", history["errors_per_s"], count),
        ("p99", times(history["p99_ms"]), seconds),
        ("Calls under way", history["held"], count),
    )
    return [(name, time_chart(values, step_s, f"{name}, last ten minutes", write)) for name, values, write in figures]
