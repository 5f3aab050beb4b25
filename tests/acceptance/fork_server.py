"""Starts programs for tests: `python -m tests.acceptance.fork_server`, with a socket as its standard input.

Each program is a process of its own, forked from this one, which has the product loaded and nothing running: what a
start costs is what the program does, and not half a second of imports. It runs the command as the command line does.
Programs that must be started from nothing are started by tests/cli.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from typing import Any, NoReturn

from tidegate.cli import main

LOADED = ("tidegate.cli.proxy.serve", "tidegate.cli.simulator.simulate")
"""What programs need is loaded before they are forked."""
ORDER_BYTES_MAX = 100_000


def be(order: dict[str, Any], out: int) -> NoReturn:
    """Be the program of an order: its arguments, folder and environment, and what the product's constants are in it."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(out)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as the interpreter makes them
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environ"])
    for module in [one for key, one in sys.modules.items() if key.startswith("tidegate.")]:
        for name in order["constants"].keys() & vars(module).keys():
            setattr(module, name, order["constants"][name])
    code: object = 0
    try:
        main(order["arguments"])
    except SystemExit as left:
        code = left.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def run() -> None:
    """Serve orders until the socket closes; then kill what still runs."""
    link = socket.socket(fileno=os.dup(0))
    ended, ends = os.pipe()
    os.set_blocking(ends, False)
    signal.set_wakeup_fd(ends)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    living: set[int] = set()
    while True:
        ready, _, _ = select.select([link.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            tell_ends(link, living)
        if link.fileno() in ready:
            data, [*outs], _, _ = socket.recv_fds(link, ORDER_BYTES_MAX, 1)
            if not data:
                break
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for left in (link.fileno(), ended, ends):
                    os.close(left)
                be(json.loads(data), outs[0])
            os.close(outs[0])
            living.add(pid)
            link.send(json.dumps({"began": pid}).encode())
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def tell_ends(link: socket.socket, living: set[int]) -> None:
    """Say with which code programs ended: that of their exit, or less than 0 the signal's."""
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        living.discard(pid)
        with contextlib.suppress(OSError):
            link.send(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}).encode())


if __name__ == "__main__":
    for name in LOADED:
        importlib.import_module(name)
    assert threading.active_count() == 1, "a process with threads must not be forked"
    gc.freeze()
    run()
