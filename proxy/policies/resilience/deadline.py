"""A call's deadline: how much time an app asked for, what is left of it, and whether a wait fits.

It refuses to know what the time is spent on. All times are monotonic seconds or durations in seconds.
"""

import re

TIMEOUT_MAX_S = 86_400.0
"""A longer request is a mistake in units (milliseconds read as seconds) and not a wish."""

_TIMEOUT = re.compile(r"^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)?$", re.ASCII)
_SECONDS = {None: 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_timeout(header: str) -> float | None:
    """The value of `Tidegate-Timeout` in seconds: `2.5` or `2.5s`, `800ms`, `1m`. None where it cannot be used.

    Zero is not usable: in some clients it means "no timeout", in others "none left".
    """
    match = _TIMEOUT.match(header.strip())
    if match is None:
        return None
    timeout_s = float(match[1]) * _SECONDS[match[2]]
    return timeout_s if 0.0 < timeout_s <= TIMEOUT_MAX_S else None


def deadline_of(began: float, budget_s: float, timeout_s: float | None) -> float:
    """The monotonic second by which a call must be answered. The app may ask for less than the budget, not for more."""
    return began + (budget_s if timeout_s is None or timeout_s > budget_s else timeout_s)


def remaining(deadline: float, now: float) -> float:
    """Seconds left, never below zero."""
    return max(deadline - now, 0.0)


def fits(wait_s: float, remaining_s: float, needed_s: float = 0.0) -> bool:
    """True where after a wait more than `needed_s` seconds are left for what is waited for."""
    return remaining_s - wait_s > needed_s
