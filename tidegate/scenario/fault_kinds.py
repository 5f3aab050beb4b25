"""The kinds of faults that there are, found in the rooms that make them happen.

This room lies below those, and must not import them. So it names their packages, and imports every file in them when
the kinds are first needed: a new file there is a new kind, with nothing else to change. A kind defined anywhere else,
such as in a test, is known once its class exists.
"""

import pkgutil
from functools import cache
from importlib import import_module
from typing import TypeVar

from tidegate.scenario.fault import Fault

PACKAGES = ("tidegate.simulator.trouble", "tidegate.chaos.trouble")
"""The packages in which kinds are defined: at the vendor, and around it."""

_DOCUMENTED = (
    "latency", "throttle", "error", "expired_token", "html", "outage", "reset_before", "reset_after", "empty",
    "truncate", "wrong_length", "bad_chunk", "drip", "hang", "malformed", "garbage", "wrong_encoding", "headers",
    "drift", "lie", "webhook", "crash", "cut", "refuse", "failover", "black_hole", "wire",
    "app_away", "disk", "disk_full", "skew", "odd",
)  # fmt: skip
"""The order of docs/scenarios.md, in which messages and `GET /kinds` list kinds. Any other comes after
these, by its name."""

_PLACES = {name: place for place, name in enumerate(_DOCUMENTED)}

F = TypeVar("F", bound=Fault)


def known_kinds(of: type[F]) -> dict[str, type[F]]:
    """Every kind that is an `of`, by its name, in the documented order. `Fault` is all of them."""
    for package in PACKAGES:
        define_all(package)
    names = sorted(Fault.kinds, key=lambda name: (_PLACES.get(name, len(_PLACES)), name))
    return {name: kind for name in names if issubclass(kind := Fault.kinds[name], of)}


@cache
def define_all(package: str) -> None:
    """Import every file of a package and of those inside it, once."""
    for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
        import_module(module.name)
