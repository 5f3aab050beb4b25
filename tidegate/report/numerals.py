"""Numbers and times as a report shows them: three figures, and units that a person reads."""

from math import ceil, floor, isfinite, log10
from typing import Final

_SUFFIXES: Final = ((1e9, "G"), (1e6, "M"), (1e4, "k"))
_STEPS_S: Final = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
    86400, 172800,
)  # fmt: skip
"""The lengths of time into which a clock is cut."""


def shown(value: float) -> str:
    """`1234` → `1,234`; `0.01234` → `0.0123`; whole numbers whole."""
    if not isfinite(value):
        return "–"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def tick(value: float) -> str:
    """The same for the mark of an axis, where there is no room: `20000` → `20k`."""
    for size, suffix in _SUFFIXES:
        if abs(value) >= size:
            return f"{value / (size if suffix != 'k' else 1e3):.4g}{suffix}"
    return shown(value)


def duration(seconds: float) -> str:
    """`600` → `10 min`; `75` → `1 min 15 s`; `0.25` → `0.25 s`; `0.0004` → `0.4 ms`."""
    if not isfinite(seconds):
        return "–"
    if 0 < seconds < 0.1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours:,} h" if hours else "", f"{minutes} min" if minutes else "", f"{rest} s" if rest else ""]
    return " ".join(part for part in parts if part)


def step_s(span_s: float, parts_max: int) -> float:
    """The shortest usual length of time of which at most `parts_max` make up the span."""
    fitting = (step for step in _STEPS_S if span_s <= step * parts_max)
    return next(fitting, _STEPS_S[-1] * ceil(span_s / (_STEPS_S[-1] * parts_max)))


def step(span: float, parts_max: int) -> float:
    """The same for what is only counted: 1, 2 or 5 times a power of ten, 1 at least."""
    if span <= parts_max:
        return 1.0
    power = 10.0 ** floor(log10(span / parts_max))
    return next(size * power for size in (1, 2, 5, 10) if span <= size * power * parts_max)
