"""The virtual world: machines on a virtual clock, joined by in-memory wires, each with a disk that outlives it.

A `VirtualWorld` is tidegate.world.world.World for one machine. `world.machine("proxy")` makes another on the same
network and disk. `crash()` ends a machine at whatever it awaits: its tasks are cancelled, its peers see resets, and
nothing that it still tries (a `finally` block, a callback) reaches wire or disk. The same name made again is the
machine restarted.

Names and addresses come from tables, wall time is a base plus the virtual clock, randomness comes from the seed and the
name of its use. So a run depends on its seed and on nothing else. It knows nothing of HTTP.
"""

import asyncio
import contextvars
import errno
import itertools
import random
import ssl
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tidegate.chaos.world.disk import Disk, VirtualWriter
from tidegate.chaos.world.line import Line
from tidegate.chaos.world.literal_address import literal_address
from tidegate.chaos.world.pipe import Pipe, connection, speak
from tidegate.chaos.world.virtual_loop import TASKS, Tasks, timers_of
from tidegate.world.group_writer import C, StorageEngine
from tidegate.world.world import ProtocolFactory

T = TypeVar("T")
P = TypeVar("P", bound=asyncio.BaseProtocol)
Tls = ssl.SSLContext | None

WALL_BASE = 1_767_225_600.0
"""Wall time at virtual second 0: 2026-01-01 00:00:00 UTC."""

DELAY_S = 0.0005
"""One-way delay of a wire that has none of its own, in seconds."""

SILENCE_S = 130.0
"""A connection that is never answered is given up by the system after so long (Linux: six SYN resends)."""

STARTED_BEFORE_S = 10_000.0
"""The machine of each start number was started so much before the one before it."""

FIRST_PORT = 49152
"""Ports handed out for port 0 and to clients begin here (RFC 6335 §6)."""

_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound


class VirtualListener:
    """See tidegate.world.world.Listener."""

    def __init__(self, machine: "VirtualWorld", factory: ProtocolFactory, host: str, port: int) -> None:
        self.machine = machine
        self.factory = factory
        self.host = host
        self.port = port
        self.context = contextvars.copy_context()

    async def close(self) -> None:
        """Stop accepting; connections that are open stay open."""
        self.machine.network.release(self)


class Network:
    """The listeners, the names, and the line to each address. `delays_s`: seconds, one way, by address."""

    def __init__(self, names: Mapping[str, str], delays_s: Mapping[str, float], seed: int) -> None:
        self.names = {"localhost": "127.0.0.1", **names}
        self.black_holes: dict[str, str] = {}
        """Address → one that answers nothing, to which the names of the first lead before."""
        self._delays_s = delays_s
        self._seed = seed
        self._lines: dict[str, Line] = {}
        self.ports = itertools.count(FIRST_PORT)
        self._listeners: dict[tuple[str, int], VirtualListener] = {}

    def line(self, address: str) -> Line:
        """The way to an address."""
        if address not in self._lines:
            rng = random.Random(f"{self._seed}:line {address}")  # noqa: S311 - repeatable on purpose
            self._lines[address] = Line(self._delays_s.get(address, DELAY_S), rng)
        return self._lines[address]

    def bind(self, listener: VirtualListener) -> None:
        """Raises OSError where the address is in use."""
        if self.find(listener.host, listener.port) is not None:
            raise OSError(errno.EADDRINUSE, f"address already in use: {listener.host}:{listener.port}")
        self._listeners[listener.host, listener.port] = listener

    def release(self, listener: VirtualListener) -> None:
        """Forget it."""
        if self._listeners.get((listener.host, listener.port)) is listener:
            del self._listeners[listener.host, listener.port]

    def find(self, address: str, port: int) -> VirtualListener | None:
        """The listener at an address, None where nobody listens."""
        places = (address, *_ANYWHERE)
        return next((listener for place in places if (listener := self._listeners.get((place, port)))), None)


class VirtualWorld:
    """See the module, and tidegate.world.world.World for what is not said here."""

    def __init__(
        self,
        seed: int,
        *,
        names: Mapping[str, str] | None = None,
        delays_s: Mapping[str, float] | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.seed = seed
        self.name = "main"
        self.life = 0
        """The number of machines of this name that were made before."""
        self.alive = True
        self.start_number = 0
        """Two lives of one number are on one start of one machine; of two numbers, on two machines."""
        self.skew_s = 0.0
        """Seconds that this machine's clock is ahead of the right time."""
        self.reached: Callable[[], object] | None = None
        """Is called when something reaches this machine: bytes, or its disk's answer."""
        self.network = Network(names or {}, delays_s or {}, seed)
        loop = asyncio._get_running_loop()  # noqa: SLF001 - asyncio's own word for loops
        self.now: Callable[[], float] = _time if loop is None else loop.time
        """See World.now. A world that is made while a loop runs belongs to it: looking it up takes a system call."""
        self.disk = disk or Disk()
        self._lives: dict[str, int] = {}
        self._tasks = Tasks()
        self.pipes: dict[Pipe, None] = {}
        """Open ends on this machine."""
        self._listeners: list[VirtualListener] = []

    # --- machines ---------------------------------------------------------------------------------------------------

    def machine(self, name: str) -> "VirtualWorld":
        """A machine on the same network and disk; where one of this name has crashed, its next life."""
        made = VirtualWorld(self.seed, disk=self.disk)
        made.network, made._lives, made.name = self.network, self._lives, name
        made.life = self._lives.get(name, 0)
        self._lives[name] = made.life + 1
        return made

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on this machine: it, and every task that comes of it, ends when the machine crashes."""
        context = contextvars.copy_context()
        context.run(TASKS.set, self._tasks)
        return await asyncio.get_running_loop().create_task(work, context=context)

    def crash(self, *, power: bool = False) -> None:
        """End this machine now. What it had not yet put on the wire or the disk is lost.

        What its disk had been given and not flushed stays, because the operating system goes on; but not with `power`.
        """
        self.alive = False
        self.disk.lose(self) if power else self.disk.flush(self)
        for listener in self._listeners:
            self.network.release(listener)
        for pipe in list(self.pipes):
            pipe.vanish()
        self.pipes.clear()
        for task in self._tasks.running:
            task.cancel("this machine has crashed")
        for timer in timers_of(self._tasks):
            timer.cancel()

    @property
    def pending(self) -> tuple[list[str], list[str]]:
        """The tasks that have not ended and the timers that have not rung on this machine, by what they run."""
        timers = [_named(timer._callback) for timer in timers_of(self._tasks)]  # type: ignore[attr-defined]  # noqa: SLF001
        return [_named(task.get_coro()) for task in self._tasks.running], timers

    # --- World -----------------------------------------------------------------------------------------------------

    def wall(self) -> float:
        """See World.wall."""
        return WALL_BASE + self.skew_s + self.now()

    def uptime(self) -> float:
        """See World.uptime. A crash ends the programs of a machine; the machine goes on."""
        return self.now() + self.start_number * STARTED_BEFORE_S

    def boot_id(self) -> str:
        """See World.boot_id."""
        return f"virtual machine {self.start_number}"

    def random(self, name: str) -> random.Random:
        """See World.random. A restarted machine draws anew, or its ids would come twice."""
        again = f":{self.life}" if self.life else ""
        return random.Random(f"{self.seed}:{name}{again}")  # noqa: S311 - repeatable on purpose

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """See World.call_later."""
        return asyncio.get_running_loop().call_later(delay_s, callback, *args)

    def sleep(self, delay_s: float) -> Coroutine[Any, Any, None]:
        """See World.sleep."""
        return asyncio.sleep(delay_s)

    timeout = staticmethod(asyncio.timeout)

    async def resolve(self, host: str, port: int) -> list[str]:
        """See World.resolve."""
        del port
        literal = literal_address(host)
        if literal is not None:
            return [literal]
        address = self.network.names.get(host)
        if address is None:
            raise OSError(errno.ENOENT, f"no such name in the virtual world: {host}")
        return [self.network.black_holes[address], address] if address in self.network.black_holes else [address]

    async def connect(
        self, factory: Callable[[], P], address: str, port: int, *, tls: ssl.SSLContext | None, server_name: str
    ) -> P:
        """See World.connect. Raises ConnectionRefusedError, one round trip later, where nobody listens."""
        if tls is not None:
            raise RuntimeError(f"{server_name}: the virtual wire carries no TLS; use an http:// address")
        if address in self.network.black_holes.values():
            await asyncio.sleep(SILENCE_S)
            raise OSError(errno.ETIMEDOUT, f"{address}:{port}: nothing answers")
        line = self.network.line(address)
        await asyncio.sleep(line.delay())
        self._fence()
        refused = line.refused is not None and line.refused()
        listener = None if refused else self.network.find(address, port)
        mode = line.cut() if line.cut is not None else None
        if line.failed is not None and (listener is None or mode):
            line.failed()
        if mode:
            await asyncio.sleep(SILENCE_S if mode == "silent" else line.delay())
            raise OSError(errno.ETIMEDOUT if mode == "silent" else errno.ECONNRESET, f"{address}:{port}: {mode}")
        if listener is None:
            await asyncio.sleep(line.delay())
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"Connect call failed ({address!r}, {port})")
        here = ("127.0.0.1", next(self.network.ports))
        contexts = (contextvars.copy_context(), listener.context.copy())
        near, far = connection(line, here, (address, port), contexts)
        home = listener.machine
        far.begin(contexts[1].run(listener.factory), home.pipes, home.touch)
        try:
            await asyncio.sleep(line.delay())
            self._fence()
        except asyncio.CancelledError:
            near.vanish()
            raise
        protocol = factory()
        near.begin(protocol, self.pipes, self.touch)
        return protocol

    async def listen(self, factory: ProtocolFactory, host: str, port: int, *, tls: Tls = None) -> VirtualListener:
        """See World.listen. A wire in memory needs no TLS."""
        del tls
        self._fence()
        address = (await self.resolve(host, port))[0]
        return self._bound(VirtualListener(self, factory, address, port or next(self.network.ports)))

    async def listen_unix(self, factory: ProtocolFactory, path: Path, mode: int) -> VirtualListener:  # noqa: ARG002
        """See World.listen_unix: here a socket's address is its path, and its port 0."""
        self._fence()
        return self._bound(VirtualListener(self, factory, str(path), 0))

    def _bound(self, listener: VirtualListener) -> VirtualListener:
        self.network.bind(listener)
        self._listeners.append(listener)
        return listener

    async def serve_tls(
        self, transport: asyncio.Transport, factory: ProtocolFactory, context: ssl.SSLContext, *,
        early: bytes = b"", within_s: float,
    ) -> None:  # fmt: skip
        """See World.serve_tls. The virtual wire carries no TLS: it goes on in clear."""
        del context, within_s
        self._fence()
        speak(transport, factory(), early)

    def group_writer(self, path: Path, engine: StorageEngine[C]) -> VirtualWriter[C]:
        """See World.group_writer."""
        return VirtualWriter(self.disk, path, engine, lambda: self.alive, self.touch, self)

    def touch(self) -> None:
        """Something has reached this machine."""
        if self.reached is not None:
            self.reached()

    def _fence(self) -> None:
        if not self.alive:
            raise asyncio.CancelledError("this machine has crashed")


def _named(runs: object) -> str:
    """The name of a function, a coroutine, or what is partly applied."""
    return str(getattr(getattr(runs, "func", runs), "__qualname__", runs))


def _time() -> float:
    return asyncio.get_running_loop().time()
