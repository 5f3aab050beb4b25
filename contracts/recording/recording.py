"""Records what passes a mitmproxy in front of a vendor, or what a flow file of mitmproxy's holds, on a cassette.

Secrets are hidden before anything is written: those that are known, the credentials that apps send, numbers of cards
and accounts, and whatever else `patterns` finds. Knows no vendor file: the address and the secrets are given.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tidegate.cassette.cassette_file import Recorder
from tidegate.cassette.har import is_below
from tidegate.configfile.web_address import host_of
from tidegate.contracts.recording.personal_data import without_personal_data
from tidegate.contracts.recording.wire_exchange import WireExchange, credentials
from tidegate.contracts.recording.wire_program import wire_program
from tidegate.problems import UsageError
from tidegate.redaction.patterns import PatternName, Patterns
from tidegate.redaction.redactor import Redactor

ALWAYS: tuple[PatternName, ...] = ("card", "iban")
"""No recording holds these, whatever is asked for."""

LEFT_OUT_SHOWN = 20
"""So many exchanges that were left out are told one by one."""


@dataclass(slots=True)
class RecordingResult:
    """What became of a recording. `others` counts exchanges with other hosts."""

    written: int = 0
    others: int = 0
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RecordingTarget:
    """The vendor that is recorded, the cassette, and the values and kinds of data that are hidden on it."""

    vendor: str
    base_url: str
    output: Path
    secrets: Sequence[str] = ()
    patterns: Sequence[PatternName] = ()


def vendor_address(base_url: str) -> str:
    """A vendor's address. Raises UsageError where it is none, an empty text too: that must not mean another."""
    if host_of(base_url) is None:
        raise UsageError(f"{base_url!r} is no address of a vendor; it looks like https://api.example.com")
    return base_url


def reverse_arguments(base_url: str, port: int, ca: Path | None, home: Path) -> list[str]:
    """Mitmdump's arguments for standing in front of a vendor. `ca` is trusted besides the usual ones where given."""
    parts = urlsplit(vendor_address(base_url))
    settings = [f"confdir={home}", "connection_strategy=lazy", "stream_large_bodies=16m"]
    settings += [f"ssl_verify_upstream_trusted_ca={ca}"] if ca is not None else []
    return [
        *("--mode", f"reverse:{parts.scheme}://{parts.netloc.rpartition('@')[2]}"),
        *("--listen-host", "127.0.0.1", "--listen-port", str(port)),
        *(part for setting in settings for part in ("--set", setting)),
    ]


async def record(
    program: Path,
    arguments: Sequence[str],
    target: RecordingTarget,
    listening: Callable[[int, Callable[[], None]], Awaitable[None]],
    now_s: float,
) -> RecordingResult:
    """Record until the program ends. `listening` hears the port, and what stops the recording.

    `now_s`, the wall clock's second, dates a cassette that holds nothing. Raises UsageError where the cassette is there
    already, or the program does not run.
    """
    check_free(target.output)
    async with wire_program(program, arguments) as running:
        heard = asyncio.ensure_future(listening(running.port, running.stop))
        try:
            return await _write(running.lines(), target, now_s)
        finally:
            if not heard.done():
                heard.cancel()
            await asyncio.gather(heard, return_exceptions=True)


def flow_arguments(file: Path, home: Path) -> list[str]:
    """Mitmdump's arguments for reading a flow file. Raises UsageError where there is none."""
    if not file.is_file():
        raise UsageError(f"{file}: there is no such file")
    return ["-n", "-r", str(file), "--set", f"confdir={home}"]


def check_free(path: Path) -> None:
    """Raise UsageError where a file is there: nothing is recorded over another recording."""
    if path.exists():
        raise UsageError(f"{path}: this file is there already; choose another, or remove it first")


async def _write(lines: AsyncIterator[WireExchange | str], target: RecordingTarget, now_s: float) -> RecordingResult:
    """Write the vendor's exchanges. The file is made with the first line, whose time it bears."""
    result, redactor = RecordingResult(), Redactor(target.secrets)
    patterns = Patterns((*ALWAYS, *target.patterns))
    recorder: Recorder | None = None
    try:
        async for line in lines:
            if isinstance(line, str):
                result.left_out.append(line)
                continue
            if not is_below(line.url, target.base_url):
                result.others += 1
                continue
            recorder = recorder or Recorder(target.output, target.vendor, redactor, line.began_s)
            redactor.learn(credentials(line.exchange.request.headers))
            recorder.write(without_personal_data(line.exchange, patterns))
            result.written += 1
        if recorder is None:
            recorder = Recorder(target.output, target.vendor, redactor, now_s)
    finally:
        if recorder is not None:
            recorder.close()
    return result
