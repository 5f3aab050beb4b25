"""The proxy's own log of a run, as pictures need it: when its breakers changed, and how long it held each call."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import orjson

LINE_BEGINS = b'{"ts":'
LINES_MAX = 1_000_000
"""So many lines are read: more than the longest run writes."""


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call as the proxy logged it. Times are seconds; `held_s` is what was not the vendor's: queue, waits, disk."""

    at_s: float
    status: int
    attempts: int
    held_s: float
    queued_s: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ProxyLog:
    """The log of one run. Breakers are named by vendor and group where there are several."""

    calls: list[LoggedCall] = field(default_factory=list)
    breakers: dict[str, list[tuple[float, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, outputs: Iterable[bytes], zero_wall_s: float) -> Self:
        """Read what a proxy wrote. `zero_wall_s` is the run's begin, in seconds since 1970. What is no line is none."""
        log = cls()
        for place, line in enumerate(_lines(outputs)):
            if place >= LINES_MAX:
                break
            at_s = datetime.fromisoformat(line["ts"]).timestamp() - zero_wall_s
            if line.get("note") == "breaker":
                name = f"{line.get('vendor', '')} {line.get('group', '')}".strip()
                log.breakers.setdefault(name, []).append((at_s, str(line["to"])))
            elif "call" in line and "took_ms" in line:
                log.calls.append(_call(line, at_s))
        return log


def _call(line: Mapping[str, Any], at_s: float) -> LoggedCall:
    tries = line["attempts"]
    spent_ms = sum(one["took_ms"] for one in tries)
    held_s = max(0.0, line["took_ms"] - spent_ms) / 1000
    took_s, queued_s = line["took_ms"] / 1000, line["queued_ms"] / 1000
    return LoggedCall(at_s - took_s, line["status"], len(tries), held_s, queued_s, line.get("problem", ""))


def _lines(outputs: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    for output in outputs:
        if not output.startswith(LINE_BEGINS):
            continue
        for text in output.splitlines():
            try:
                line = orjson.loads(text)
            except orjson.JSONDecodeError:
                continue  # the last line of a proxy that was killed
            if isinstance(line, dict) and "ts" in line:
                yield line
