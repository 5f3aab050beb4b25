"""The arithmetic of the benchmark: from what each block cost to medians and the ratio. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

TIDEGATE_GET = "tidegate_get"
TIDEGATE_POST = "tidegate_keyed_post"
TIDEGATE_TOKENED = "tidegate_get_tokened"
TIDEGATE_TRACED = "tidegate_get_traced"
TIDEGATE_PUSHED = "tidegate_get_pushed"
TIDEGATE_TUNNEL = "tidegate_get_in_tunnel"
BARE_ASYNCIO = "bare_asyncio"
BARE_UVLOOP = "bare_uvloop"
TIDEGATE_UNKEYED = "tidegate_post"
BARE_POST = "bare_post"
POST_CONNECTIONS = (1, 4, 16)
"""A POST without a key is measured over so many connections; the number stands behind its row's name."""
BUSY_ENOUGH = 0.8
"""A proxy that uses less of its core was not the bottleneck; one that waits costs more for each call."""
RATE = 1000
"""Calls a second of the rows that are measured at a rate."""
TIDEGATE_AT_RATE = f"tidegate_get_at_{RATE}"
BARE_AT_RATE = f"bare_get_at_{RATE}"
ENVOY_AT_RATE = f"envoy_get_at_{RATE}"


@dataclass(frozen=True, slots=True)
class MeasuredBlock:
    """One stretch of calls to one row: `processor_ns` is what the measured process used, `seconds` how long it took."""

    calls: int
    processor_ns: int
    seconds: float
    p50_us: float = 0.0
    p99_us: float = 0.0

    @property
    def us_per_call(self) -> float:
        """Processor microseconds a call."""
        return self.processor_ns / 1000 / self.calls

    @property
    def busy(self) -> float:
        """The share of one core that the measured process used: near 1 where it was the bottleneck."""
        return self.processor_ns / 1e9 / self.seconds


@dataclass(frozen=True, slots=True)
class Row:
    """One row's blocks as figures. `spread` is the cheapest and the dearest block."""

    name: str
    calls: int
    us_per_call: float
    spread: tuple[float, float]
    busy: float
    calls_per_s: float
    p50_us: float = 0.0
    p99_us: float = 0.0


def rows_of(blocks: Mapping[str, Sequence[MeasuredBlock]]) -> list[Row]:
    """Medians over the rounds, in the order given."""
    return [
        Row(
            name=name,
            calls=sum(block.calls for block in each),
            us_per_call=round(median(block.us_per_call for block in each), 2),
            spread=(round(min(b.us_per_call for b in each), 2), round(max(b.us_per_call for b in each), 2)),
            busy=round(median(block.busy for block in each), 3),
            calls_per_s=round(median(block.calls / block.seconds for block in each)),
            p50_us=round(median(block.p50_us for block in each), 1),
            p99_us=round(median(block.p99_us for block in each), 1),
        )
        for name, each in blocks.items()
    ]


def headline(rows: Sequence[Row]) -> str:
    """The row that stands for Tidegate: the traced GET, where it was measured."""
    return TIDEGATE_TRACED if any(row.name == TIDEGATE_TRACED for row in rows) else TIDEGATE_GET


def ratio(rows: Sequence[Row]) -> float:
    """The headline row over the bare forwarder on uvloop, both medians of one run."""
    cost = {row.name: row.us_per_call for row in rows}
    return round(cost[headline(rows)] / cost[BARE_UVLOOP], 3)


def loose(rows: Sequence[Row]) -> list[str]:
    """Why the ratio is to be taken as loose: a sentence for each of its two rows that was not the bottleneck."""
    return [
        f"{row.name} used only {row.busy:.0%} of its core, so something else was in the way: "
        "take the ratio as loose, and measure again on a quiet machine"
        for row in rows
        if row.name in {headline(rows), BARE_UVLOOP} and row.busy < BUSY_ENOUGH
    ]


def document(rows: Sequence[Row]) -> dict[str, object]:
    """The run as plain data. `calls` is how many were measured, over all rows; the warm-up is not among them."""
    return {
        "calls": sum(row.calls for row in rows),
        "us_per_call": {row.name: row.us_per_call for row in rows},
        "latency_us": {row.name: {"p50": row.p50_us, "p99": row.p99_us} for row in rows},
        "headline": headline(rows),
        "ratio_to_bare_uvloop": ratio(rows),
    }
