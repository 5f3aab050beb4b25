"""Deliveries on a terminal: a table that fits it, and one in full. What others wrote cannot steer the terminal."""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidegate.configfile.units import written_duration
from tidegate.plain_text import plain

WIDTH = 120
"""Where the output is no terminal and COLUMNS says nothing."""

_COLUMNS = ("id", "state", "vendor", "operation", "app", "tries", "age", "why")
_LEAST = (math.inf, math.inf, 6, 9, 4, 5, 3, 12)
"""So much of each column tells something; of the first two nothing may be missing."""
GAP = 2

Document = Mapping[str, Any]


def console() -> Console:
    """The terminal, or a page of WIDTH."""
    fixed = Console(width=WIDTH)
    at_terminal = fixed.is_terminal or os.environ.get("COLUMNS", "").isdigit()
    return Console(highlight=False) if at_terminal else Console(width=WIDTH, highlight=False)


def print_list(page: Document) -> None:
    """The deliveries of a page. An id and a state are never cut: the next command needs them.

    The last columns are left out where the terminal has no room for them: one of no width would tell nothing.
    """
    shown, rows = console(), page["deliveries"]
    cells = [
        (
            of["id"],
            f"{of['state']}/{of['reason']}" if of["reason"] else of["state"],
            *map(plain, (of["vendor"], of["operation"], of["app"], of["attempts"], age(of["accepted"], page["now"]))),
            plain(of["detail"]),
        )
        for of in rows
    ]
    longest = [max(map(cell_len, column)) for column in zip(_COLUMNS, *cells, strict=True)]
    table = Table(box=None, pad_edge=False)
    for name, width in zip(_COLUMNS, _widths(longest, shown.width), strict=False):
        table.add_column(name, no_wrap=True, overflow="ellipsis", width=width)
    for row in cells:
        table.add_row(*map(Text, row[: len(table.columns)]))
    shown.print(table)


def _widths(longest: Sequence[int], room: int) -> list[int]:
    """The width of each column that is shown: its least, and of what is left the first ones as much as they need."""
    least = [int(min(length, enough)) for length, enough in zip(longest, _LEAST, strict=True)]
    used = [total - GAP for total in accumulate(width + GAP for width in least)]
    shown = max(sum(total <= room for total in used), 2)
    left, widths = max(room - used[shown - 1], 0), []
    for width, length in zip(least[:shown], longest, strict=False):
        more = min(length - width, left)
        left -= more
        widths.append(width + more)
    return widths


def age(date: str, now: str) -> str:
    """How long ago a date is: `45s`, `3m`, `2h`, `5d`, in whole units."""
    seconds = max((datetime.fromisoformat(now) - datetime.fromisoformat(date)).total_seconds(), 0.0)
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{int(seconds // length)}{unit}"
    return f"{int(seconds)}s"


def print_delivery(of: Document) -> None:
    """One delivery in full."""
    for line in delivery_lines(of):
        print(line)


def delivery_lines(of: Document) -> Iterator[str]:
    """One delivery in lines."""
    reason = f", {of['reason']}" if of["reason"] else ""
    yield f"{of['id']}  {of['state']}{reason}"
    for name in ("detail", "box", "app", "vendor", "operation", "key", "order_key", "accepted", "updated", "not_before",
                 "deadline", "reference", "unopened"):  # fmt: skip
        if of.get(name):
            yield f"  {name.replace('_', ' '):<12}{plain(of[name])}"
    yield f"  {'may':<12}{', '.join(of['may']) or 'nothing by hand'}"
    request = of["request"]
    yield f"request  {plain(request['method'])} {plain(request['destination'])}"
    yield from _content(request)
    if of["answer"] is not None:
        yield f"answer  {of['answer']['status']}"
        yield from _content(of["answer"])
    yield f"attempts  {of['attempts']} that count"
    for each in of["tries"]:
        end = plain(each["outcome"] or "no end is known") + (f" {each['status']}" if each["status"] else "")
        late = ", too late" if each["late"] else ""
        problem = f", {plain(each['problem'])}" if each["problem"] else ""
        yield f"  {each['n']:>3}  {each['began']}  {end}{problem}{late}"
    if of["audit"]:
        yield "by hand"
        for line in of["audit"]:
            facts = line.items() if isinstance(line, dict) else [("", line)]
            yield "  " + "  ".join(f"{plain(name)}={plain(value)}" for name, value in facts if value not in ("", None))


def _content(part: Document) -> Iterator[str]:
    for name, value in part["headers"].items():
        yield f"  {plain(name)}: {plain(value)}"
    if "body" not in part:
        yield f"  {part['body_bytes']:,} bytes of body; --body shows what may be shown of it"
    elif part["body"] is None:
        yield f"  {part['body_bytes']:,} bytes of body, of which nothing may be shown"
    else:
        yield f"  {plain(part['body'])}"


def bulk_lines(result: Document) -> Iterator[str]:
    """What a replay of many comes to, or would."""
    done = f"would replay {result['matched']:,}" if result["dry_run"] else f"replayed {result['replayed']:,}"
    skipped = result["matched"] - result["replayed"]
    others = f"; {skipped:,} had changed meanwhile" if skipped and not result["dry_run"] else ""
    yield f"{done}{others}; the last may go in {written_duration(float(round(result['takes_s'])))}"
    for of in result["operations"]:
        takes = written_duration(float(round(of["takes_s"])))
        facts = [f"{of['deliveries']:,} in {takes} (limit {of['limit_per_s']:g}/s)"]
        if of["asked_first"]:
            facts.append(f"{of['asked_first']:,} were sent once: what became of them is asked first")
        if of["key_forgotten"]:
            facts.append(f"{of['key_forgotten']:,} are older than the vendor's memory of keys")
        yield f"  {of['box']} {plain(of['vendor'])} {plain(of['operation'])}: {'; '.join(facts)}"
