"""The programs of a house, as the harness holds them: the town, the fork server, one life of the proxy after another.

Every life of a proxy has the same ports, so apps come back to it like to a service.
"""

import asyncio
import itertools
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp

from tests.acceptance.kills.points import FAST
from tests.acceptance.kills.town import APP_SECRET
from tidegate.loadtests.programs import free_port
from tidegate.world.world import RealWorld

HERE = Path(__file__).resolve().parent
TILL_HOOKS = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ENVIRON = {"TILL_KEY": "sk_of_the_till", "TILL_HOOKS": TILL_HOOKS, "SHOP_HOOKS": APP_SECRET, "NO_COLOR": "1",
           "OTEL_EXPORTER_OTLP_ENDPOINT": ""}  # fmt: skip
WAIT_S = 90.0
POLL_S = 0.02
WORLD = RealWorld()


class Never(AssertionError):
    """Something that was waited for did not come."""


async def until(condition: Any, what: str) -> Any:
    """The first true value of a coroutine function, asked for again and again. Raises Never."""
    for _ in range(int(WAIT_S / POLL_S)):
        found = await condition()
        if found:
            return found
        await WORLD.sleep(POLL_S)
    raise Never(what)


@dataclass
class Life:
    """One process of a proxy."""

    pid: int
    ended: "asyncio.Future[int]"
    log: Path

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.ended.done()

    def kill(self, number: int = 9) -> None:
        """Send a signal, unless it has ended."""
        if not self.over:
            os.kill(self.pid, number)


@dataclass
class Ports:
    """Where a proxy listens."""

    gateway: int = field(default_factory=free_port)
    admin: int = field(default_factory=free_port)
    inbox: int = field(default_factory=free_port)


class Program:
    """A Python program beside us, whose lines are read."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self.process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *self._arguments, stdin=pipe, stdout=pipe, cwd=HERE.parents[2],
            env={**os.environ, **ENVIRON},
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def line(self) -> str:
        """The next line. Empty at the end."""
        assert self.process is not None
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode()

    def write(self, line: str) -> None:
        """Give it a line."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")


class Lives:
    """The fork server: starts lives, and knows when each has ended."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._began: dict[int, asyncio.Future[int]] = {}
        self._numbers = itertools.count(1)
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        while line := await self._program.line():
            said = json.loads(line)
            if "began" in said:
                self._ended[said["began"]] = asyncio.get_running_loop().create_future()
                self._began.pop(said["number"]).set_result(said["began"])
            else:
                self._ended[said["ended"]].set_result(said["code"])

    async def start(self, folder: Path, config: Path, *, point: str = "", nth: int = 1, seed: int = 0, bug: str = "",
                    constants: Mapping[str, float] = FAST) -> Life:  # fmt: skip
        """Start a proxy that dies at a point, and may have a planted bug."""
        log = folder / "proxy.log"
        number = next(self._numbers)
        began = self._began[number] = asyncio.get_running_loop().create_future()
        self._program.write(json.dumps({
            "number": number,
            "folder": str(folder), "config": str(config), "log": str(log), "point": point, "nth": nth, "seed": seed,
            "gate": str(folder / "gate"), "constants": dict(constants), "environ": ENVIRON, "bug": bug,
        }))  # fmt: skip
        pid = await began
        return Life(pid, self._ended[pid], log)

    def close(self) -> None:
        """Read no more."""
        self._reader.cancel()


def write_config(folder: Path, name: str, ports: Ports, store: str, town: int) -> Path:
    """The proxy's own file."""
    at = f"http://127.0.0.1:{town}"
    secrets = ["env:SHOP_HOOKS"]
    content = {
        "listen": f"127.0.0.1:{ports.gateway}",
        "admin": f"127.0.0.1:{ports.admin}",
        "store": store,
        "vendors": [str(HERE)],
        "use": {"till": {"base_url": at, "private_addresses": "allow"}},
        "inbox": {"listen": f"127.0.0.1:{ports.inbox}", "sources": {"till": {"vendor": "till", "apps": ["shop"]}}},
        "apps": {
            "shop": {"webhooks": {"url": f"{at}/hooks", "secrets": secrets}},
            "local": {"callback": {"url": f"{at}/results", "secrets": secrets}},
        },
        "events": {"url": f"{at}/events", "secrets": secrets},
        "drain": "20s",
    }
    file = folder / f"{name}.yaml"
    file.write_text(json.dumps(content))  # JSON is YAML
    return file


async def answers(session: aiohttp.ClientSession, ports: Ports) -> bool:
    """Whether a proxy takes calls and webhooks."""
    try:
        async with session.get(f"http://127.0.0.1:{ports.inbox}/") as answer:
            await answer.read()
        async with session.get(f"http://127.0.0.1:{ports.admin}/readyz") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, OSError):
        return False
