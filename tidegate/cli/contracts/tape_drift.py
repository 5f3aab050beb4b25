"""A cassette beside a simulator that is started for it: the part of `tidegate contracts drift` that asks somebody."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp
from yarl import URL

from tidegate.cassette.cassette_file import read
from tidegate.contracts.bounded_body import read_body
from tidegate.contracts.drift.drift_report import DriftReport
from tidegate.contracts.drift.recorded_drift import recorded_drift
from tidegate.contracts.drift.use.pact_use import PactUse
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.auth_facts import Auth
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import RealWorld

SEED = 1
TIMEOUT_S = 30.0
ANSWER_BYTES_MAX = 64 * 1024 * 1024
KEY = "recorded"
"""The key that is sent: the simulator takes any."""


def is_cassette(path: Path) -> bool:
    """Whether a file is a cassette, by its name or its first line."""
    if path.suffix == ".jsonl":
        return True
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip().startswith(b'{"cassette"')
    except OSError:
        return False


async def tape_drift(
    loaded: LoadedVendor, document: Document, cassette: Path, uses: Mapping[str, Sequence[PactUse]]
) -> DriftReport:
    """The report of a cassette. Raises UsageError where it cannot be read."""
    simulator = SimulatorServer(RealWorld(seed=SEED), document, loaded.vendor, SEED)
    await simulator.start()
    try:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            sender = _Sender(session, f"http://127.0.0.1:{simulator.port}", loaded.vendor.facts.auth)
            return await recorded_drift(loaded.vendor.vendor, document, read(cassette), sender.send, uses)
    finally:
        await simulator.close()


class _Sender:
    """Sends recorded requests, with a credential in the place where the vendor wants one."""

    def __init__(self, session: aiohttp.ClientSession, address: str, auth: Auth) -> None:
        self._session, self._address, self._auth = session, address, auth

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """The status and body of the answer."""
        auth, sent = self._auth, dict(headers)
        match auth.scheme:
            case "basic":
                sent["Authorization"] = f"Basic {b64encode(f'{KEY}:{KEY}'.encode()).decode()}"
            case "header":
                sent[auth.header] = KEY
            case "query":
                path += f"{'&' if '?' in path else '?'}{auth.parameter}={KEY}"
            case _:
                sent["Authorization"] = f"Bearer {KEY}"
        url = URL(self._address + path, encoded=True)
        async with self._session.request(method, url, headers=sent, data=body or None, allow_redirects=False) as answer:
            return answer.status, await read_body(answer.content, ANSWER_BYTES_MAX)
