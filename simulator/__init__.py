"""The fake vendor: enforces the facts of a vendor file. Knows nothing of the proxy or the adapters.

`from tidegate.simulator import Simulator` is the one for tests: see simulator.fixture.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate.simulator.fixture import Simulator

__all__ = ["Simulator"]


def __getattr__(name: str) -> Any:  # nothing of it is imported by those who want one file of this folder
    if name != "Simulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tidegate.simulator.fixture import Simulator

    return Simulator
