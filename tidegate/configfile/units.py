"""Durations, rates, shares and secret references as people write them in a vendor file.

Each parser takes the written form and returns a value in base units (seconds, per second, 0…1), or raises ValueError
with a sentence that says what is wrong and what would be right. It knows nothing of the fields that use them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from tidegate.configfile.secret_references import WRITTEN, LiteralSecretError, SecretRef, parse_secret

__all__ = [
    "COUNT_MAX",
    "DURATION_MAX_S",
    "Duration",
    "LiteralSecretError",
    "Portion",
    "Rate",
    "RateValue",
    "Secret",
    "SecretRef",
    "Share",
    "parse_duration",
    "parse_portion",
    "parse_rate",
    "parse_secret",
    "parse_share",
    "written_duration",
    "written_share",
]

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)$")
_RATE = re.compile(r"^([0-9]+(?:\.[0-9]+)?)/(s|m|h|d)$")
_SHARE = re.compile(r"^([0-9]+(?:\.[0-9]+)?)%$")
DURATION_MAX_S = 36_525 * 86_400.0
"""A hundred years. A longer one is a slip, and one of 400 digits would be infinite."""
COUNT_MAX = 1e15
"""Of a rate, and of a share in percent."""


def parse_duration(value: object) -> float:
    """`250ms`, `2s`, `5m`, `24h`, `90d` → seconds."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        seconds = float(match[1]) * _SECONDS[match[2]]
        if seconds > DURATION_MAX_S:
            raise ValueError("this duration is longer than a hundred years")
        return seconds
    raise ValueError(f"{_shown(value)} is not a duration; write a number with its unit, like 250ms, 2s, 5m, 24h or 90d")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many units in a period."""

    count: float
    per_s: float

    @property
    def per_second(self) -> float:
        """Units a second."""
        return self.count / self.per_s

    def __str__(self) -> str:
        names = {1.0: "s", 60.0: "m", 3600.0: "h", 86400.0: "d"}
        return f"{self.count:g}/{names[self.per_s]}"


def parse_rate(value: object) -> Rate:
    """`100/s`, `5000/h` → Rate."""
    if isinstance(value, str) and (match := _RATE.fullmatch(value)) and 0 < float(match[1]) <= COUNT_MAX:
        return Rate(float(match[1]), _SECONDS[match[2]])
    raise ValueError(f"{_shown(value)} is not a rate; write a count and a period, like 100/s or 5000/h")


def parse_share(value: object) -> float:
    """`10%` → 0.1."""
    if isinstance(value, str) and (match := _SHARE.fullmatch(value)) and float(match[1]) <= COUNT_MAX:
        return float(match[1]) / 100
    raise ValueError(f"{_shown(value)} is not a share; write a percentage, like 10%")


def parse_portion(value: object) -> float:
    """A share of a whole, `0%` to `100%`."""
    share = parse_share(value)
    if share > 1:
        raise ValueError("this is a part of a whole; write at most 100%")
    return share


def _shown(value: object) -> str:
    """What was written, as one would say it. A block may hold anything, and is not repeated."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return repr(value)
    return {bool: "true or false", list: "a list", dict: "a block"}.get(type(value), "nothing")


def written_duration(seconds: float) -> str:
    """Seconds → as one would write them in a vendor file: `1.5h`, `90d`, `12.34s`, `250ms`."""
    for unit in ("d", "h", "m"):
        tenths = seconds / _SECONDS[unit] * 10
        if tenths >= 10 and tenths.is_integer():
            return _plain(tenths / 10) + unit
    if seconds >= 1 or not seconds:
        return _plain(seconds) + "s"
    return _plain(seconds * 1000) + "ms"


def _plain(number: float) -> str:
    """Without an exponent and without zeros at the end."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def written_share(share: float) -> str:
    """0.1 → `10%`."""
    return f"{share * 100:g}%"


def _as(
    parser: Callable[[Any], object], writer: Callable[[Any], str], pattern: str, example: str
) -> tuple[BeforeValidator, PlainSerializer, WithJsonSchema]:
    schema = {"type": "string", "pattern": pattern, "examples": [example]}
    return BeforeValidator(parser), PlainSerializer(writer, when_used="json"), WithJsonSchema(schema)


Duration = Annotated[float, *_as(parse_duration, written_duration, _DURATION.pattern, "2s")]
Portion = Annotated[float, *_as(parse_portion, written_share, _SHARE.pattern, "10%")]
Share = Annotated[float, *_as(parse_share, written_share, _SHARE.pattern, "10%")]
RateValue = Annotated[Rate, *_as(parse_rate, str, _RATE.pattern, "100/s")]
Secret = Annotated[SecretRef, *_as(parse_secret, str, WRITTEN, "env:STRIPE_KEY")]
