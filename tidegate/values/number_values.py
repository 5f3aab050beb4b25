"""Believable numbers for a field: by its name, its bounds and its steps. It knows single fields only."""

from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import ceil, floor

from tidegate.openapi.schema_types import Level
from tidegate.values.regex_strings import Pick
from tidegate.values.string_values import EPOCH, YEAR_S, plain_name

_PRICES = frozenset({"amount", "unitamount", "price"})
"""Plain names of numbers that are believable only above 0."""


def number(name: str, level: Level, kind: str, pick: Pick) -> float:
    """A number, whole or not, that the schema of the field `name` lets through, if its bounds can be met.

    Of the kind `fraction` it is not whole, if its bounds and steps allow that.
    """
    try:
        wished = _within(name, level, kind, pick)
        whole = kind == "integer" or wished == int(wished)
        return int(wished) if whole and -(2**63) <= wished < 2**64 else float(wished)
    except (ArithmeticError, ValueError):  # bounds or steps beyond what a float can say
        bound: float = level.get("minimum", level.get("maximum", 0))
        return bound


def _within(name: str, level: Level, kind: str, pick: Pick) -> float:
    least, most, step = level.get("minimum"), level.get("maximum"), level.get("multipleOf")
    if (above := level.get("exclusiveMinimum")) is not None:
        ends = [end for end in (most, level.get("exclusiveMaximum")) if end is not None]
        nudge = 1 if kind == "integer" or not ends else (min(ends) - above) / 2
        least = max(above + nudge, least if least is not None else above + nudge)
    if (below := level.get("exclusiveMaximum")) is not None:
        nudge = 1 if kind == "integer" else (below - (least if least is not None else below - 2)) / 2
        most = min(below - nudge, most if most is not None else below - nudge)
    if kind == "integer":
        least = least if least is None else ceil(least)
        most = most if most is None else floor(most)
        step = step if step is None else Fraction(str(step)).numerator  # the least whole multiple of the step
    bare = plain_name(name)
    if "time" in str(level.get("format", "")) or (
        bare.endswith(("at", "timestamp")) and name.endswith(("_at", "stamp"))
    ):
        wished: float = EPOCH + pick(YEAR_S)
    else:
        wished = 1 + pick(2**31 - 2) if bare.endswith("id") else 100 + pick(9900) if bare in _PRICES else 0
    if least is not None and wished < least:
        wished = least
    if most is not None and wished > most:
        wished = most
    made = _on_step(wished, step, most) if step else wished
    return _broken(made, step, least, most) if kind == "fraction" else made


def _broken(whole: float, step: float | None, least: float | None, most: float | None) -> float:
    """A number that is not whole, one half or one step from a whole one."""
    step = step if step is not None and step % 1 else 0.5
    near = [whole + step, whole - step]
    return next((one for one in near if (least is None or one >= least) and (most is None or one <= most)), whole)


def _on_step(wished: float, step: float, most: float | None) -> float:
    """The first multiple of `step` that is no less than wished, or the one before it.

    Counted in tens, as it is written: a price has no more digits than its step.
    """
    exact = Decimal(str(step))
    turns = (Decimal(str(wished)) / exact).to_integral_value(ROUND_CEILING)
    if most is not None and turns * exact > Decimal(str(most)):
        turns -= 1
    made = turns * exact
    return int(made) if made == made.to_integral_value() else float(made)
