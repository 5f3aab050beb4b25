"""mitmdump for tests, and a simulated vendor that speaks TLS."""

import json
import os
import ssl
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.certificates import certificate
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import Listener, ProtocolFactory, RealWorld

Line = Mapping[str, object]
"""A line of our addon's."""


def mitmdump() -> Path:
    """The program in its own environment. On a laptop without it the test is skipped; in CI that is a failure."""
    found = Path(os.environ.get("TIDEGATE_WIRE", ".venv-wire")) / "bin" / "mitmdump"
    if not found.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{found} is not there; `make` builds it")
    return found


class TlsWorld(RealWorld):
    """A world whose first listener speaks TLS: the vendor's port, of a simulator."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(seed=1)
        self._context: ssl.SSLContext | None = context

    async def listen(
        self, factory: ProtocolFactory, host: str, port: int, *, tls: ssl.SSLContext | None = None
    ) -> Listener:
        tls, self._context = tls or self._context, None
        return await super().listen(factory, host, port, tls=tls)


@asynccontextmanager
async def vendor_over_tls(folder: Path, secret: str) -> AsyncIterator[tuple[SimulatorServer, Path]]:
    """A simulated Stripe over TLS, and the certificate to trust."""
    chain = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, folder / "key.pem")
    loaded = load_vendor(find_vendor("stripe"))
    vendor = SimulatorServer(TlsWorld(context), Document.load(loaded.document_path), loaded.vendor, 1, secret=secret)
    await vendor.start()
    try:
        yield vendor, chain
    finally:
        await vendor.close()


def standing_in(folder: Path, lines: Sequence[Line], words: str = "", code: int = 0) -> Path:
    """A program that writes these lines as mitmdump with our addon does, says something, and ends."""
    program = folder / "standing-in"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "fd = int(next(part for part in sys.argv if part.startswith('record_fd=')).partition('=')[2])\n"
        f"os.write(fd, {b''.join(json.dumps(line).encode() + bytes([10]) for line in lines)!r})\n"
        f"print({words!r})\n"
        f"sys.exit({code})\n"
    )
    program.chmod(0o755)
    return program
