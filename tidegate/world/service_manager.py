"""Tells systemd how the service stands, where systemd has started it: ready, or stopping (sd_notify(3), `Type=notify`).

Without a service manager, and where it does not listen, nothing happens: nobody waits for it.
"""

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

VARIABLE = "NOTIFY_SOCKET"
"""Where systemd listens: a path, or `@` and the name of an abstract socket."""


def tell_service_manager(state: Literal["READY=1", "STOPPING=1"], environ: Mapping[str, str]) -> None:
    """Send one datagram, without waiting."""
    path = environ.get(VARIABLE, "")
    if not path:
        return
    address = f"\0{path[1:]}" if path.startswith("@") else path
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(state.encode(), address)
