"""The real proxy in the virtual world, in front of one scripted vendor, and an app's session to send requests with.

Nothing waits in real time, and the same seed and script give the same run. The wire is in memory and carries no TLS: a
vendor whose address begins with https:// is spoken to in plain HTTP here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from aiohttp import ClientSession

from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.testing.scripted_vendor import ScriptedVendor, Step
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

VENDOR_ADDRESS = "93.184.216.34"
"""A public address: the proxy connects to no other unless it is told to."""

SECRET_VARIABLE = "TIDEGATE_TESTING_SECRET"  # noqa: S105 - the variable's name
SECRET = "tidegate-testing"  # noqa: S105 - made up, and good for the scripted vendor alone
APP_TIMEOUT_S = 1000.0
"""The app's session gives up after so long: later than any budget."""


@dataclass(frozen=True, slots=True)
class ProxyResponse:
    """An answer as the app got it."""

    status: int
    headers: Mapping[str, str]
    """Names are found in any case."""
    body: bytes

    @property
    def problem(self) -> str:
        """The name of the problem where Tidegate itself refused (docs/problems.md); empty for the vendor's answer."""
        return self.headers.get("Tidegate-Problem", "")


class VirtualProxy:
    """The proxy with one vendor file, in front of a scripted vendor. Make and use it inside `run`.

    `vendor` is a vendor's name, or its file or folder; `config` is what else a tidegate.yaml would say. A secret that
    the vendor file takes from a variable which `environ` does not have is made up; the environment of the process is
    not looked at. `documents` are those that were read before, by the vendor's name. Raises problems.UsageError for a
    vendor file that cannot be used, ValueError for a wrong `config`.
    """

    def __init__(
        self,
        vendor: str | Path,
        script: Sequence[Step],
        *,
        config: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        seed: int = 1,
        documents: Mapping[str, Document] | None = None,
    ) -> None:
        self._file = find_vendor(str(vendor))
        self._documents = documents or {}
        loaded = load_vendor(self._file)
        self.name = loaded.vendor.vendor
        """The vendor's name: the first part of every path on the gateway."""
        self.environ = {SECRET_VARIABLE: SECRET, **(environ or {})}
        self.config = _config(loaded, config or {}, self.environ)
        base_url = self.config.use[self.name].base_url if self.name in self.config.use else None
        address = urlsplit(base_url or loaded.vendor.facts.base_url)
        self.vendor_port = address.port or 80
        self.world = VirtualWorld(seed, names={str(address.hostname): VENDOR_ADDRESS})
        """The world: `await proxy.world.sleep(60)` lets a minute pass."""
        self.vendor_machine = self.world.machine("vendor")
        """The machine on which the vendor runs: `crash()` resets its connections and lets none be made."""
        self.vendor = ScriptedVendor(script, self.vendor_machine)
        self.session: ClientSession
        """The app's HTTP client, for code that takes one. It is there after `start`."""
        self.lines: list[bytes] = []
        """The log, as it was written."""
        self.machine: VirtualWorld
        """The machine on which the proxy runs."""
        self.proxy = self._new_proxy()
        """The proxy itself. What is in it is not public and may change."""

    def _new_proxy(self) -> Proxy:
        self.machine = self.world.machine("proxy")
        vendors = {self.name: load_vendor(self._file)}
        return Proxy(
            self.machine, self.config, vendors, environ=self.environ, sink=self.lines.append, documents=self._documents
        )

    async def start(self) -> None:
        """Let the vendor and the proxy listen, and open the app's session."""
        await self.vendor.start(VENDOR_ADDRESS, self.vendor_port)
        await self.open()

    async def open(self) -> None:
        """Let the proxy alone listen, and open the app's session: for a vendor of another kind at the same address."""
        await self.machine.run(self.proxy.start())
        self.session = client_session(WorldConnector(self.world.machine("app")), APP_TIMEOUT_S)

    def crash(self) -> None:
        """End the proxy at whatever it awaits, as `kill -9` does: apps see resets, and what its disk holds stays."""
        self.machine.crash()

    async def restart(self) -> None:
        """Start the next proxy on what the disk holds, after a crash or a close. Its port is another one."""
        self.proxy = self._new_proxy()
        await self.machine.run(self.proxy.start())

    async def close(self) -> None:
        """Close the session and the proxy."""
        await self.session.close()
        await self.proxy.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """The gateway's address. An SDK's base URL is this, a slash and the vendor's name."""
        return f"http://127.0.0.1:{self.proxy.port}"

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> ProxyResponse:
        """Send a request as an app does. `path` is that on the gateway: `/stripe/v1/refunds`.

        It carries a token in `Authorization`, as an SDK sends its key, unless `headers` have another.
        """
        sent = {"Authorization": "Bearer app-token", **(headers or {})}
        async with self.session.request(
            method, f"{self.url}{path}", headers=sent, data=body, allow_redirects=False
        ) as answer:
            return ProxyResponse(answer.status, answer.headers, await answer.read())

    def log(self) -> list[dict[str, Any]]:
        """The log lines so far, the oldest first."""
        self.proxy.telemetry.flush()
        return [json.loads(line) for line in b"".join(self.lines).splitlines()]


def _config(loaded: LoadedVendor, config: Mapping[str, Any], environ: Mapping[str, str]) -> Config:
    """The tidegate.yaml of a run: what was given, and what the virtual wire and a made-up secret ask for."""
    facts, name = loaded.vendor.facts, loaded.vendor.vendor
    use: dict[str, Any] = {}
    if facts.base_url.startswith("https://"):
        use["base_url"] = facts.base_url.replace("https://", "http://", 1)
    if facts.auth.secret.source != "env" or facts.auth.secret.name not in environ:
        use["secret"] = f"env:{SECRET_VARIABLE}"
    given = dict(config.get("use") or {})
    if use or name in given:
        given[name] = {**use, **(given.get(name) or {})}
        config = {**config, "use": given}
    return Config.model_validate(dict(config), strict=False)
