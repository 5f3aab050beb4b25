"""The console's first page: every vendor in a row, the worst first, what its trouble costs, its last minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.proxy.console.charts import Sparkline, sparkline
from tidegate.proxy.console.shown_values import count, seconds
from tidegate.proxy.console.view import PageData, PageRequest, View
from tidegate.proxy.desk.depth_watch import DepthWatch
from tidegate.proxy.desk.port.overview_page import OverviewPage

STANDINGS = ("down", "degraded", "up", "idle")
"""The worst first."""
TONES = {"down": "bad", "degraded": "warn", "up": "good", "idle": "soft"}


@dataclass(frozen=True, slots=True)
class VendorRow:
    """One vendor of the overview."""

    name: str
    standing: str
    tone: str
    why: str
    breaker: str
    groups: str
    """The groups whose breaker is in that state, where it is not closed and there are several."""
    limit: str
    """The limit of which most is used."""
    used: float | None
    """The share of it, 0…1."""
    calls_rate: float
    errors: int
    error_share: float | None
    p50_s: float | None
    p99_s: float | None
    waiting: int
    held: float
    failing: float
    resent: int
    ended: Mapping[str, int]
    """Verdict → calls of the last minute, success left out, the most first."""
    refused: str
    """Why its file on disk is not in force; empty where it is."""
    calls_chart: Sparkline
    errors_chart: Sparkline
    slow_chart: Sparkline


def vendor_row(name: str, of: Mapping[str, Any], refused: str = "") -> VendorRow:
    """A vendor of the document that `GET /overview` shows, as a row."""
    breakers: Mapping[str, str] = of["breakers"]
    groups = [group for group, state in breakers.items() if state == of["breaker"] != "closed"]
    costs, fullest, history = of["costs"], of["fullest"], of["history"]
    p50_s, p99_s = _seconds(of["p50_ms"]), _seconds(of["p99_ms"])
    calls, errors, slow = history["calls_per_s"], history["errors_per_s"], history["p99_ms"]
    most_calls, most_errors = _most(calls), _most(errors)
    return VendorRow(
        name=name,
        standing=of["standing"],
        tone=TONES.get(of["standing"], "warn"),
        why=of["why"],
        breaker=of["breaker"],
        groups=", ".join(groups) if len(breakers) > 1 else "",
        limit=fullest["limit"] if fullest else "",
        used=fullest["used"] if fullest else None,
        calls_rate=of["calls_per_s"],
        errors=of["errors"],
        error_share=of["error_share"] if of["calls"] else None,
        p50_s=p50_s,
        p99_s=p99_s,
        waiting=costs["waiting"],
        held=costs["held"],
        failing=costs["failing"],
        resent=of["resent"],
        ended=dict(sorted(of["ended"].items(), key=lambda verdict: -verdict[1])),
        refused=refused,
        calls_chart=sparkline(calls, f"calls a second in the last ten minutes, at most {count(most_calls)}"),
        errors_chart=sparkline(errors, f"errors a second, at most {count(most_errors)}", most_calls),
        slow_chart=sparkline(slow, f"p99 in the last ten minutes, at most {seconds(_seconds(_most(slow)))}"),
    )


def overview_view(overview: OverviewPage, depths: DepthWatch | None = None) -> View:
    """The page at the console's root. `depths` is asked what there is of deliveries before it is shown."""

    async def show(_: PageRequest) -> PageData:
        if depths is not None:
            await depths.look()
        document: Mapping[str, Any] = overview.document()
        refused: Mapping[str, str] = document["refused"]
        rows = [vendor_row(name, of, refused.get(name) or "") for name, of in document["vendors"].items()]
        rows.sort(key=lambda row: (STANDINGS.index(row.standing), row.name))
        return PageData({
            "vendors": rows,
            "standings": {word: sum(row.standing == word for row in rows) for word in STANDINGS},
            "in_flight": document["in_flight"],
            "draining": document["draining"],
            "troubles": document["troubles"],
            "refused": refused,
            "deliveries": document["deliveries"],
            "at": document["at"],
        })  # fmt: skip

    return View("/", "Overview", "overview.html", show, menu=True)


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000


def _most(values: list[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
