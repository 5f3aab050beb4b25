"""Listens on a Unix socket: its file has its mode before anybody can find it, and never takes another's place.

The socket is bound under another name, given its mode, and moved to its own in one step. What a dead process has left
is taken over; a file that is no socket, or one that somebody answers on, is not touched.
"""

import asyncio
import contextlib
import errno
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

BACKLOG = 128


class UnixListener:
    """See tidegate.world.world.Listener. Its file goes with it, unless another has taken its place."""

    port = 0

    def __init__(self, server: asyncio.Server, path: Path) -> None:
        self._server, self._path = server, path
        self._inode = path.stat().st_ino

    async def close(self) -> None:
        """Stop accepting, and take the file away."""
        self._server.close()
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()


async def listen_on(factory: Callable[[], asyncio.BaseProtocol], path: Path, mode: int) -> UnixListener:
    """Listen at a path. Raises OSError where it cannot be had."""
    _refuse_others(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    first = path.with_name(f".{path.name[:60]}.{os.getpid()}")
    try:
        first.unlink(missing_ok=True)
        sock.bind(str(first))
        first.chmod(mode)
        sock.listen(BACKLOG)
        sock.setblocking(False)
        server = await asyncio.get_running_loop().create_unix_server(factory, sock=sock, start_serving=False)
        first.rename(path)
        await server.start_serving()
    except BaseException as error:
        sock.close()
        with contextlib.suppress(OSError):
            first.unlink()
        if isinstance(error, OSError):  # it names the first name, or none
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    return UnixListener(server, path)


def _refuse_others(path: Path) -> None:
    """Raise where the path is another's: a file of another kind, or a socket that somebody answers on."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise OSError(errno.EEXIST, "there is a file that is no socket", str(path))
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as asked:
        try:
            asked.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return
    raise OSError(errno.EADDRINUSE, "another program is listening there", str(path))
