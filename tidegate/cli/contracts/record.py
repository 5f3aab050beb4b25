"""`tidegate record VENDOR`: mitmproxy in front of a vendor, and a cassette of what passes it."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.contracts.hidden_values import Hide, SecretNames, hidden_patterns, secret_values
from tidegate.contracts.recording.recording import LEFT_OUT_SHOWN, RecordingTarget, reverse_arguments
from tidegate.contracts.recording.recording import record as record_wire
from tidegate.contracts.recording.wire_program import find_program
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.vendor.auth_facts import Auth
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

Tape = Annotated[
    Path | None, typer.Option("--output", "-o", help="The cassette to write; VENDOR.jsonl where none is named.")
]


def record(
    vendor: Annotated[str, typer.Argument(help="A vendor's name, or its vendor file or folder.", metavar="VENDOR")],
    url: Annotated[str | None, typer.Option(help="The vendor's address, if not the vendor file's: a sandbox.")] = None,
    output: Tape = None,
    port: Annotated[int, typer.Option(help="Listen on this port; 0 picks a free one.", min=0, max=65535)] = 9300,
    ca: Annotated[Path | None, typer.Option(help="A PEM file of certificates to trust besides the usual ones.")] = None,
    secret: SecretNames = None,
    hide: Hide = None,
) -> None:
    """Record what apps ask a vendor, and what it answers, until Ctrl-C. Point an SDK's base URL at the printed address.

    Hidden are credentials, secrets by their names, and numbers of cards and accounts.
    """
    program = find_program(os.environ)
    loaded = load_vendor(find_vendor(vendor)).vendor
    if ca is not None and not ca.is_file():
        raise UsageError(f"--ca {ca}: there is no such file")
    address, tape = loaded.facts.base_url if url is None else url, output or Path(f"{loaded.vendor}.jsonl")
    known = [*secret_values(secret), *_own_secrets(loaded.facts.auth)]
    target = RecordingTarget(loaded.vendor, address, tape, known, hidden_patterns(hide))
    with tempfile.TemporaryDirectory() as home:
        arguments = reverse_arguments(address, port, ca, Path(home))
        result = asyncio.run(record_wire(program, arguments, target, _until_told(address), RealWorld().wall()))
    for line in result.left_out[:LEFT_OUT_SHOWN]:
        typer.echo(plain(f"left out: {line}"), err=True)
    if len(result.left_out) > LEFT_OUT_SHOWN:
        typer.echo(f"left out: {len(result.left_out) - LEFT_OUT_SHOWN} more", err=True)
    print(f"{result.written} exchanges written to {tape}; look at it before you share it")


def _until_told(address: str) -> Callable[[int, Callable[[], None]], "asyncio.Future[None]"]:
    """Says where the recording listens, and stops it at Ctrl-C."""

    async def told(port: int, stop: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        print(f"{address} is recorded on http://127.0.0.1:{port}; stop with Ctrl-C", file=sys.stderr, flush=True)

    return lambda port, stop: asyncio.ensure_future(told(port, stop))


def _own_secrets(auth: Auth) -> list[str]:
    """The vendor's secrets as far as this process has them: an answer may repeat one."""
    references = (auth.secret, *auth.secrets.values())
    return [value for one in references if one.source == "env" and (value := os.environ.get(one.name))]
