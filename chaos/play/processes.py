"""Simulators and a proxy as child processes on real sockets, found by what they print and ended with the block.

All take free ports. They are started by the interpreter that runs this, so the demo needs nothing on the PATH.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tidegate.problems import UsageError
from tidegate.world.world import RealWorld

START_S = 30.0
"""A child that says nothing for so long will not start."""

STOP_S = 10.0

ENTRY = "from tidegate.cli import main; main()"
ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)")

CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
store: {home}/store.db
drain: 5s
telemetry: {{log: {home}/calls.log}}
use:
  {vendor}:
    base_url: http://127.0.0.1:{port}
    private_addresses: allow
    secret: env:{variable}
"""


@dataclass(frozen=True, slots=True)
class DemoProcesses:
    """Ports on 127.0.0.1, and the file into which the proxy logs its calls."""

    vendor: int
    control: int
    gateway: int
    admin: int
    log: Path


@asynccontextmanager
async def running(
    vendor: str, seed: int, home: Path, secret_variable: str, secret: str
) -> AsyncIterator[DemoProcesses]:
    """A simulator of `vendor` and a proxy before it. Raises UsageError where one does not start, with its own words."""
    environ = {**os.environ, secret_variable: secret, "PYTHONUNBUFFERED": "1"}
    simulate = ["simulate", vendor, "--port", "0", "--control-port", "0", "--seed", str(seed)]
    async with child(simulate, {**environ, "STRIPE_API_KEY": secret}, ports=2) as simulator:
        vendor_port, control_port = simulator.ports
        config = home / "tidegate.yaml"
        config.write_text(
            CONFIG.format(home=home, vendor=vendor, port=vendor_port, variable=secret_variable), encoding="utf-8"
        )
        async with child(["serve", "-c", str(config)], environ, ports=2) as proxy:
            gateway_port, admin_port = proxy.ports
            yield DemoProcesses(vendor_port, control_port, gateway_port, admin_port, home / "calls.log")


@dataclass(frozen=True, slots=True)
class ChildProcess:
    """A command that runs. `ports` are those that it has named."""

    ports: list[int]
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """End it at whatever it does, as `kill -9`."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def child(arguments: Sequence[str], environ: dict[str, str], ports: int) -> AsyncIterator[ChildProcess]:
    """One of Tidegate's commands, once it has named its ports. Raises UsageError where it does not start."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ENTRY, *arguments),
        env=environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    drain: asyncio.Task[bytes] | None = None
    try:
        numbers = await _named_ports(process.stdout, arguments[0], ports)
        drain = asyncio.ensure_future(process.stdout.read())  # a full pipe would hold the child up
        yield ChildProcess(numbers, process)
    finally:
        await _end(process)
        if drain is not None:
            await drain


async def _named_ports(output: asyncio.StreamReader, name: str, ports: int) -> list[int]:
    lines: list[bytes] = []
    numbers: list[int] = []
    try:
        async with RealWorld().timeout(START_S):
            while len(numbers) < ports and (line := await output.readline()):
                lines.append(line)
                numbers += [int(port) for port in ADDRESS.findall(line)]
    except TimeoutError:
        pass
    if len(numbers) < ports:
        words = b"".join(lines).decode(errors="replace").strip() or "it said nothing"
        raise UsageError(f"tidegate {name} did not start: {words}")
    return numbers[:ports]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask it to stop; insist where it does not."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with RealWorld().timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
