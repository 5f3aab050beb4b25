"""mitmdump with our addon, run as a program of its own; what it sees comes here over a pipe, line by line."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tidegate.contracts.recording.wire_exchange import WireExchange, read_line
from tidegate.problems import UsageError

ADDON: Final = Path(__file__).parent / "mitmproxy_addon.py"

LINE_BYTES_MAX = 1 << 27
"""Two bodies of the addon's greatest, in base64, and what stands around them."""

CORRUPT: Final = "Flow file corrupted"
"""mitmdump says so, and ends as if all were well."""

WORDS_MAX = 4_000
"""Of what the program says when it cannot run, so many characters are passed on."""


def find_program(environ: Mapping[str, str]) -> Path:
    """mitmdump: in the environment that TIDEGATE_WIRE names, in .venv-wire, or on the path. Raises UsageError."""
    folder = environ.get("TIDEGATE_WIRE") or ".venv-wire"
    inside = Path(folder) / "bin" / "mitmdump"
    if inside.exists():
        return inside
    found = shutil.which("mitmdump", path=environ.get("PATH"))
    if found is None:
        raise UsageError(
            f"{inside} is not there: `make setup` builds it; or install mitmproxy apart, and name its environment in"
            " TIDEGATE_WIRE"
        )
    return Path(found)


@dataclass(slots=True)
class WireProgram:
    """A running mitmdump. `port` is what it listens on, 0 where it only reads a file."""

    port: int
    _process: asyncio.subprocess.Process
    _reader: asyncio.StreamReader
    _words: "asyncio.Task[str]"

    def stop(self) -> None:
        """End it. What it still has to tell comes before the end of `lines`."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    async def lines(self) -> AsyncIterator[WireExchange | str]:
        """Exchanges, and why others were left out, until it ends. Raises UsageError where it ended in error."""
        while line := await self._reader.readline():
            told = read_line(line)
            if not isinstance(told, int):
                yield told
        code = await self._process.wait()
        if code not in (0, -signal.SIGTERM, 128 + signal.SIGTERM) or CORRUPT in await self._words:
            raise UsageError(f"mitmproxy ended with {code}: {await self._words}")


@contextlib.asynccontextmanager
async def wire_program(program: Path, arguments: Sequence[str]) -> AsyncIterator[WireProgram]:
    """Run it with these arguments for as long as it is entered.

    Raises UsageError with its own words where it cannot run: a port in use, a file that it cannot read.
    """
    reading, writing = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *(str(program), "-q", "-s", str(ADDON), "--set", f"record_fd={writing}", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(writing,),
            start_new_session=True,  # Ctrl-C is for us: it ends when we end it
        )
    except OSError as error:
        os.close(reading)
        raise UsageError(f"{program} cannot be run: {error.strerror}") from None
    finally:
        os.close(writing)
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb", 0)
    )
    words = asyncio.create_task(_words(process))
    try:
        first = await reader.readline()
        if not first:
            await process.wait()
            raise UsageError(f"mitmproxy does not run: {await words}")
        port = read_line(first)
        yield WireProgram(port if isinstance(port, int) else 0, process, reader, words)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await words
        transport.close()


async def _words(process: asyncio.subprocess.Process) -> str:
    """What it says, its end at most; read all the while, so that it never waits for us."""
    said = b""
    assert process.stdout is not None
    while piece := await process.stdout.read(65_536):
        said = (said + piece)[-WORDS_MAX:]
    return " ".join(said.decode("utf-8", "replace").split())
