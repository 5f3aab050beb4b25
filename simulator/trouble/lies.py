"""Makes answers differ from the documentation as they always did: what a Lie does to one answer.

The lie about limits is told where limits are kept, in door.admission. The rest of a lie is drift that began before
anybody looked.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase

from tidegate.scenario.drift import Drift, Lie
from tidegate.simulator.answer.answer import Answer, http_date
from tidegate.simulator.trouble.drift import LIMIT_HEADERS, Changed

AS_DRIFT = {
    "enum": Drift(change="enum"),
    "optional": Drift(change="omitted"),
}


def tell(lie: Lie, answer: Answer, wall: float, drift: Callable[[Drift], Changed | None]) -> Changed | None:
    """The answer with the lie in it, and where; None where there is nothing to lie about.

    `drift` applies a drift to the answer, `wall` is the vendor's clock.
    """
    if lie.about == "headers":
        return _without(answer, lie.names or LIMIT_HEADERS)
    if lie.about == "retry_after":
        return _sooner(answer, lie.factor, wall)
    meant = AS_DRIFT.get(lie.about)
    return drift(meant) if meant is not None else None


def _without(answer: Answer, patterns: tuple[str, ...]) -> Changed | None:
    lost = [name for name in answer.headers if any(fnmatchcase(name.lower(), one.lower()) for one in patterns)]
    if not lost:
        return None
    kept = {name: value for name, value in answer.headers.items() if name not in lost}
    return replace(answer, headers=kept), " ".join(lost)


def _sooner(answer: Answer, factor: float, wall: float) -> Changed | None:
    """Retry-After (RFC 9110 §10.2.3) with another time; a whole number stays one, and a date a date."""
    name = next((name for name in answer.headers if name.lower() == "retry-after"), None)
    if name is None:
        return None
    told = answer.headers[name]
    try:
        seconds = float(told)
    except ValueError:
        seconds = max(parsedate_to_datetime(told).timestamp() - wall, 0.0)
        written = http_date(math.ceil(wall + seconds * factor))
    else:
        written = f"{seconds * factor:.1f}" if "." in told else str(math.floor(seconds * factor))
    return replace(answer, headers={**answer.headers, name: written}), name
