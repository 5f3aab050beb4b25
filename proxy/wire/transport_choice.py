"""Chooses between the transport's two paths: the pool where aiohttp is the one it was made for, else the session."""

from collections.abc import Callable

import aiohttp

from tidegate.proxy.wire.transport import Origin, Transport
from tidegate.world.world import World

MADE_FOR = "3.14."
"""The minor version of aiohttp whose undocumented parts the pool uses."""


def transport_for(setting: str, version: str = aiohttp.__version__) -> Callable[[World, Origin], Transport]:
    """The maker of the transport. `setting` is the configuration's `transport`: auto, pool or session."""
    if setting == "session" or (setting == "auto" and not version.startswith(MADE_FOR)):
        from tidegate.proxy.wire.session import SessionTransport

        return SessionTransport
    from tidegate.proxy.wire.pool import Pool

    return Pool
