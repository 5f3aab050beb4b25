"""Every vendor at a glance, for a terminal of any width: a table, the reasons below it, and what the proxy does.

It draws the document of `GET /overview` and asks nobody. What it shows in colour it says in words as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tidegate.plain_text import plain

Document = Mapping[str, Any]

STANDINGS = ("down", "degraded", "up", "idle")
"""The worst first: what does not fit the screen is the least urgent."""
STYLES = {"down": "bold red", "degraded": "yellow", "up": "green", "idle": "dim"}
BARS, PLAIN_BARS = "▁▂▃▄▅▆▇█", "_.:-=+*#"
FOOT_LINES = 3
"""Lines of a frame that are neither a vendor's row nor its reason: the head of the table, the proxy, a notice."""


class Column(NamedTuple):
    """A column, and the width of a terminal from which on it is shown."""

    head: str
    from_width: int
    right: bool = True


COLUMNS = (
    Column("vendor", 0, right=False),
    Column("is", 0, right=False),
    Column("breaker", 64, right=False),
    Column("limit", 74),
    Column("calls/s", 0),
    Column("errors", 0),
    Column("p50", 52),
    Column("p99", 40),
    Column("waiting", 84),
    Column("now", 92),
    Column("held", 100),
    Column("failing", 110),
    Column("calls, 10 min", 128, right=False),
    Column("p99, 10 min", 148, right=False),
)
SPARK_CHARS = 20


class Frame(NamedTuple):
    """What a frame is drawn in: characters, and whether the terminal has more than ASCII."""

    width: int
    height: int | None = None
    """None where it may be as long as it wants."""
    unicode: bool = True


def drawn(overview: Document, frame: Frame, notice: str = "") -> RenderableType:
    """One frame. `notice` is told below it."""
    vendors = sorted(overview["vendors"].items(), key=lambda of: (STANDINGS.index(of[1]["standing"]), of[0]))
    room = len(vendors) if frame.height is None else max((frame.height - FOOT_LINES) // 2, 1)
    shown = vendors[:room]
    columns = [column for column in COLUMNS if column.from_width <= frame.width]
    table = Table(box=None, pad_edge=False, expand=False)
    for column in columns:
        table.add_column(column.head, justify="right" if column.right else "left", no_wrap=True, overflow="ellipsis")
    for name, of in shown:
        cells = _cells(name, of, unicode=frame.unicode)
        table.add_row(*(cells[column.head] for column in columns))
    parts: list[RenderableType] = [table]
    for name, of in shown:
        if of["standing"] in ("down", "degraded"):
            parts.append(_line(f"{plain(name)}: {plain(of['why'])}", STYLES[of["standing"]]))
    if len(vendors) > len(shown):
        parts.append(_line(f"and {len(vendors) - len(shown)} more; make the terminal longer, or use --json", "dim"))
    parts.append(_line(foot(overview), "dim"))
    if notice:
        parts.append(_line(plain(notice), "bold yellow"))
    return Group(*parts)


def foot(overview: Document) -> str:
    """What the proxy itself does, in a line."""
    facts = [f"{overview['at'][11:19]} UTC", f"{overview['in_flight']} calls under way"]
    by_state: dict[str, int] = {}
    for depth in overview["deliveries"]:
        by_state[depth["state"]] = by_state.get(depth["state"], 0) + depth["deliveries"]
    facts += [f"{count} deliveries {plain(state)}" for state, count in sorted(by_state.items())]
    facts += ["draining"] if overview["draining"] else []
    facts += [f"{plain(name)}: {plain(why)}" for name, why in overview["troubles"].items()]
    facts += [f"{plain(name)} on disk is refused" for name in overview["refused"]]
    return " · ".join(facts)


def sparkline(values: Sequence[float | None], chars: int = SPARK_CHARS, *, unicode: bool = True) -> str:
    """The newest values as bars, as many as `chars` allow, against their highest; a gap where there is no value.

    Where there are more values than characters, a bar stands for the highest of several, so no peak is lost.
    """
    each = max(-(-len(values) // chars), 1)
    groups = [values[max(end - each, 0) : end] for end in range(len(values), 0, -each)][::-1]
    peaks = [max((value for value in group if value is not None), default=None) for group in groups]
    bars, highest = BARS if unicode else PLAIN_BARS, max((peak for peak in peaks if peak is not None), default=0.0)
    return "".join(
        " " if peak is None else bars[round(peak / highest * (len(bars) - 1)) if highest > 0 else 0] for peak in peaks
    )


def _cells(name: str, of: Document, *, unicode: bool) -> dict[str, Text]:
    standing, costs, history = of["standing"], of["costs"], of["history"]
    fullest = of["fullest"]
    breaker = of["breaker"]
    errors = f"{of['error_share']:.1%}" if of["calls"] else "-"
    texts = {
        "vendor": Text(plain(name), style="bold"),
        "is": Text(standing, style=STYLES[standing]),
        "breaker": Text(breaker, style="" if breaker == "closed" else "bold red" if breaker == "open" else "yellow"),
        "limit": Text(f"{fullest['used']:.0%}" if fullest else "-", style="yellow" if _full(fullest) else ""),
        "calls/s": Text(f"{of['calls_per_s']:.1f}"),
        "errors": Text(errors, style="red" if of["errors"] else ""),
        "p50": Text(milliseconds(of["p50_ms"])),
        "p99": Text(milliseconds(of["p99_ms"])),
        "waiting": Text(str(costs["waiting"])),
        "now": Text(str(costs["under_way"])),
        "held": Text(f"{costs['held']:.1f}"),
        "failing": Text(f"{costs['failing']:.1f}"),
    }
    for head, values in (("calls, 10 min", history["calls_per_s"]), ("p99, 10 min", history["p99_ms"])):
        texts[head] = Text(sparkline(values, unicode=unicode))
    return texts


def milliseconds(value: float | None) -> str:
    """A time in a few characters: `-` where there is none."""
    if value is None:
        return "-"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def _full(fullest: Document | None) -> bool:
    return fullest is not None and fullest["used"] >= 0.8


def _line(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
