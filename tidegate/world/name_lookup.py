"""Looks names up, each in a thread of its own, so that one whose name server is silent holds up no other.

getaddrinfo(3) blocks, for half a minute where nobody answers, and cannot be interrupted. A loop keeps few threads for
it (uvloop two), so that two names that hang would stop every lookup. A process that stops waits for none of these
threads. Nothing of what was found is kept.
"""

import asyncio
import errno
import socket
import threading
from collections import defaultdict
from contextlib import suppress

from tidegate.world.host_names import is_address

LOOKUPS_MAX = 64
"""So many lookups are under way at once: each holds a thread and a descriptor."""

OF_ONE_NAME_MAX = 4
"""Of one name so many: who asks for it beyond that waits for the latest of them."""


class NameLookups:
    """The lookups that are under way."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, int], list[asyncio.Future[list[str]]]] = defaultdict(list)
        self._count = 0

    async def addresses(self, host: str, port: int) -> list[str]:
        """The IP addresses of a name, best first, each once. Raises OSError where there are none, or no means."""
        if "%" not in host and is_address(host):  # what other forms mean, the system says
            return [host]
        running = self._running.get((host, port), [])
        latest = running[-1] if len(running) >= OF_ONE_NAME_MAX else self._begin(host, port)
        return await asyncio.shield(latest)  # others may wait for it, too

    def _begin(self, host: str, port: int) -> "asyncio.Future[list[str]]":
        if self._count >= LOOKUPS_MAX:
            raise OSError(errno.ENOBUFS, f"{LOOKUPS_MAX} other names are being looked up")
        found: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        thread = threading.Thread(target=_look_up, args=(found, host, port), name=f"lookup of {host}", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            raise OSError(errno.ENOMEM, str(error)) from error
        self._running[host, port].append(found)
        self._count += 1
        found.add_done_callback(lambda _: self._ended((host, port), found))
        return found

    def _ended(self, name: tuple[str, int], found: "asyncio.Future[list[str]]") -> None:
        self._count -= 1
        running = self._running[name]
        running.remove(found)
        if not running:
            del self._running[name]
        found.exception()  # whoever waited for it may have gone


def _look_up(found: "asyncio.Future[list[str]]", host: str, port: int) -> None:
    addresses, failure = list[str](), OSError()
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
    except OSError as error:
        failure = error
    except UnicodeError as error:  # a part of the name is too long, or no name can have it
        failure = socket.gaierror(socket.EAI_NONAME, str(error))
    with suppress(RuntimeError):  # the loop is closed, and nobody waits
        found.get_loop().call_soon_threadsafe(_settle, found, addresses, failure)


def _settle(found: "asyncio.Future[list[str]]", addresses: list[str], failure: OSError) -> None:
    if addresses:
        found.set_result(addresses)
    else:
        found.set_exception(failure)
