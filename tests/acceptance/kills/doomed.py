"""Starts proxies that are to die: `python -m tests.acceptance.kills.doomed`, with one JSON line for each on its input.

Each is a process of its own, forked from this one, which has the product loaded and nothing running; so a start takes a
tenth of a second. It runs `tidegate serve` as the command line does. The number of each process, and later the signal
that ended it, are written as lines.
"""

import gc
import importlib
import json
import os
import select
import sys
from pathlib import Path
from typing import Any

from tests.acceptance.kills.bugs import BUGS
from tests.acceptance.kills.points import POINTS
from tests.acceptance.kills.trigger import Trigger
from tidegate.cli import main

LOOK_S = 0.01
LOADED = ("tidegate.cli.proxy.serve", "tidegate.proxy.store.postgres.postgres_store")
"""What a proxy needs is loaded before it is forked."""


def be(order: dict[str, Any]) -> None:
    """Be the proxy of an order. Does not return."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(order["folder"])
    os.environ.update(order["environ"])
    if order["bug"]:
        BUGS[order["bug"]]()
    point = POINTS.get(order["point"])
    for name, value in order["constants"].items():
        for module in [one for key, one in sys.modules.items() if key.startswith("tidegate.")]:
            if name in vars(module):
                setattr(module, name, value)
    if point is not None and point.install is not None:
        point.install(Trigger(order["nth"], Path(order["gate"]), order["seed"]))
    try:
        main(["serve", "-c", order["config"]])
    except SystemExit as left:
        os._exit(left.code if isinstance(left.code, int) else 1)
    os._exit(0)


def say(**line: object) -> None:
    """Write a line to whoever gives the orders."""
    os.write(1, json.dumps(line).encode() + b"\n")


def run() -> None:
    """Serve orders until the input ends; then kill what still runs."""
    gc.freeze()
    living: set[int] = set()
    rest = b""
    while True:
        ready, _, _ = select.select([0], [], [], LOOK_S)
        if ready:
            data = os.read(0, 65_536)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                order = json.loads(line)
                pid = os.fork()
                if pid == 0:
                    be(order)
                living.add(pid)
                say(began=pid, number=order["number"])
        for pid in tuple(living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                living.discard(pid)
                say(ended=pid, code=os.waitstatus_to_exitcode(status))
    for pid in living:
        os.kill(pid, 9)


if __name__ == "__main__":
    for each in LOADED:
        importlib.import_module(each)
    run()
