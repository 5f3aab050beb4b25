"""The fake vendor: enforces the facts of a vendor file. Knows nothing of the proxy or the adapters.

The names below are public: docs/api/simulator.md. `from tidegate.simulator import Simulator` is the one for tests.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from tidegate.problems import UsageError
    from tidegate.simulator.fixture import Simulator, StartSimulator

__all__ = ["Simulator", "StartSimulator", "UsageError"]

_MODULES = {
    "Simulator": "tidegate.simulator.fixture",
    "StartSimulator": "tidegate.simulator.fixture",
    "UsageError": "tidegate.problems",
}


def __getattr__(name: str) -> typing.Any:
    """Import a name's module when it is first used: who wants one file of this folder imports nothing else."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
