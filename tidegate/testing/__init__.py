"""For your own tests: a vendor that does as its script or its document says, and the real proxy, in virtual time.

docs/api/testing.md shows each name in use. It imports the proxy and the virtual world of chaos; nothing imports it.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from tidegate.chaos.world.virtual_loop import Deadlock, OutOfTime, run
    from tidegate.chaos.world.virtual_world import VirtualWorld
    from tidegate.testing.scripted_vendor import ReceivedRequest, ScriptedVendor, Step, Stream
    from tidegate.testing.virtual_proxy import ProxyResponse, VirtualProxy
    from tidegate.testing.virtual_sandbox import VirtualSandbox

__all__ = [
    "Deadlock",
    "OutOfTime",
    "ProxyResponse",
    "ReceivedRequest",
    "ScriptedVendor",
    "Step",
    "Stream",
    "VirtualProxy",
    "VirtualSandbox",
    "VirtualWorld",
    "run",
]

_MODULES = {
    "Deadlock": "tidegate.chaos.world.virtual_loop",
    "OutOfTime": "tidegate.chaos.world.virtual_loop",
    "ProxyResponse": "tidegate.testing.virtual_proxy",
    "ReceivedRequest": "tidegate.testing.scripted_vendor",
    "run": "tidegate.chaos.world.virtual_loop",
    "ScriptedVendor": "tidegate.testing.scripted_vendor",
    "Step": "tidegate.testing.scripted_vendor",
    "Stream": "tidegate.testing.scripted_vendor",
    "VirtualProxy": "tidegate.testing.virtual_proxy",
    "VirtualSandbox": "tidegate.testing.virtual_sandbox",
    "VirtualWorld": "tidegate.chaos.world.virtual_world",
}


def __getattr__(name: str) -> typing.Any:
    """Import a name's module when it is first used: a test of a scripted vendor alone does not load the proxy."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
