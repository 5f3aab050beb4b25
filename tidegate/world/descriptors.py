"""File descriptors of this process: how many it may have, and which errors mean that it has run out of its own means.

Every connection takes one, so want of them looks like a vendor that cannot be reached, and is not.
"""

import asyncio
import contextlib
import errno
import os
import resource

WANTED = 1_048_576
"""More than this is not asked for, where the hard limit is higher or there is none."""
WANTED_WITHOUT_LIMIT = (WANTED, 65_536, 10_240)
"""Tried in turn: a system may take less than it says (macOS takes OPEN_MAX, 10240)."""

OUR_ERRORS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
"""Descriptors of the process and of the system, buffers, memory."""


RESERVED = 48
"""Kept for all that is no call's: admin port, store, log, listeners, the loop's own."""


def limit() -> int:
    """The most descriptors that this process may have now."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return WANTED if soft == resource.RLIM_INFINITY else min(soft, WANTED)


def raise_limit() -> int:
    """Raise the soft limit to the hard one, as far as the system lets us, and return what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        unlimited = hard == resource.RLIM_INFINITY or hard > WANTED
        for wanted in WANTED_WITHOUT_LIMIT if unlimited else (hard,):
            if wanted <= soft:
                break
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                break
    return limit()


def out_of_means(error: BaseException) -> bool:
    """True for an error that says that this process, or its system, lacks descriptors, buffers or memory."""
    return isinstance(error, OSError) and error.errno in OUR_ERRORS


def none_left() -> bool:
    """True where not one more can be had now. Asked after a failure that does not say its reason."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        return out_of_means(error)
    return False


def reserved_from() -> int:
    """The lowest descriptor that no call may have: of small limits a quarter is kept, else RESERVED.

    A new descriptor is the lowest that is free (POSIX, open()), so a high one says how many are in use.
    """
    most = limit()
    return most - min(RESERVED, most // 4)


def in_reserve(transport: asyncio.BaseTransport) -> bool:
    """True for a connection that took a descriptor of those that are kept."""
    connection = transport.get_extra_info("socket")
    return connection is not None and connection.fileno() >= reserved_from()
