"""The tables of the order flow: the figures of its runs side by side, and the live part at one moment.

It shows and decides nothing itself: chaos/play/ plays, chaos/judge/order_promises.py judges.
"""

from collections.abc import Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tidegate.chaos.judge.order_promises import DRAIN_S, LATENCY_P99_S, OrderFigures
from tidegate.chaos.play.order_story import OrdersView
from tidegate.chaos.report.live_frame import breaker_text, live_frame
from tidegate.chaos.report.report import side_by_side

ROWS: Sequence[tuple[str, str, str]] = (
    ("orders", "orders", "made at the shop"),
    ("changes", "changes", "of them, signed by the shop"),
    ("posts", "posts", "webhooks sent, copies and tries included"),
    ("effects", "in force", "revisions that the warehouse took"),
    ("lost", "lost", "not there as the shop has them"),
    ("backwards", "backwards", "an older revision after a newer one"),
    ("forged", "forged", "there, and signed by nobody"),
    ("dead", "dead letters", "in both boxes"),
    ("again", "again", "put once more; it changes nothing"),
    ("p50_s", "half within", "webhook to warehouse, seconds"),
    ("p99_s", "99% within", f"{LATENCY_P99_S:g} s are promised"),
    ("met_outage", "met outage", "webhooks that it held up"),
    ("drained_s", "drained in", f"seconds after its end; {DRAIN_S:g} s are promised"),
)
"""Field, its name for people, what it means."""

ZERO = frozenset({"lost", "backwards", "forged", "dead"})
"""Fields that a promise holds at 0."""
AT_MOST: Mapping[str, float] = {"p99_s": LATENCY_P99_S, "drained_s": DRAIN_S}


def orders_verdict(columns: Mapping[str, OrderFigures]) -> Table:
    """The figures side by side. A figure that breaks a promise is red, one that keeps it green."""
    return side_by_side(ROWS, columns, _cell)


def orders_table(look: OrdersView) -> RenderableType:
    """The live part at one moment."""
    rows: list[tuple[str, RenderableType]] = [
        ("shop", f"{look.changes:,} orders made or changed, {look.posts:,} webhooks posted"),
        ("order app", f"{look.handed_over:,} handed over"),
        ("outbox", f"{look.waiting:,} wait, {look.dead:,} dead letters"),
        ("warehouse", f"{look.requests:,} requests"),
        ("breaker", breaker_text(look.breaker)),
    ]
    return live_frame(look, rows)


def orders_line(look: OrdersView) -> str:
    """The same in one line, where there is no terminal."""
    return f"{look.at_s:5.1f} s  {look.changes} changes, {look.waiting} wait, {look.requests} sent: {look.phase}"


def _cell(field: str, figures: OrderFigures) -> Text:
    value = getattr(figures, field)
    shown = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    most = 0 if field in ZERO else AT_MOST.get(field)
    return Text(shown) if most is None else Text(shown, style="red" if value > most else "green")
