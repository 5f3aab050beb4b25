"""A proxy that fetches its tokens from the real simulator, in the virtual world. Nothing waits in real time."""

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.proxy.town import DOCUMENT, VENDOR
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.record.journal import JournalEntry
from tidegate.testing import VirtualProxy, run
from tidegate.testing.virtual_proxy import VENDOR_ADDRESS
from tidegate.vendor.vendor_file import load_vendor

T = TypeVar("T")

SECRET = "client-s3cret"
CLIENT = "shop"
OAUTH: Mapping[str, Any] = {
    "token": "/oauth/token",
    "authorize": "/oauth/authorize",
    "grants": ["client_credentials", "refresh_token", "authorization_code"],
    "expires_in": "10m",
}
CLIENT_CREDENTIALS: Mapping[str, Any] = {"grant": "client_credentials", "client_id": CLIENT}
REFRESH_TOKEN: Mapping[str, Any] = {"grant": "refresh_token", "client_id": CLIENT, "refresh_token": "env:REFRESH"}
BACK = "https://app.example/back"


def auth_of(*, oauth: Mapping[str, Any] | None = None, **tokens: Any) -> dict[str, Any]:
    """The vendor file's `auth`; by client credentials, where nothing else is said."""
    return {
        "scheme": "bearer",
        "secret": "env:THINGS_KEY",
        "rotate_every": "90d",
        "scopes": "things",
        "oauth": {**OAUTH, **(oauth or {})},
        "tokens": {**CLIENT_CREDENTIALS, **tokens},
    }


class TokenTown(VirtualProxy):
    """The town's vendor, played by the simulator, and the proxy in front of it."""

    def __init__(self, folder: Path, auth: Mapping[str, Any], environ: Mapping[str, str], **changes: Any) -> None:
        settings = changes.pop("config", {})
        limit = {"name": "account", "rate": "1000/s", "burst": 1000, **changes.pop("limit", {})}
        facts = {**VENDOR["facts"], "auth": auth, "limits": [limit]}
        (folder / "vendor.yaml").write_text(json.dumps({**VENDOR, "facts": facts, **changes}))
        (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
        known = {"THINGS_KEY": SECRET, "REFRESH": "none", **environ}
        config = {"store": "store.db", **settings}
        super().__init__(folder / "vendor.yaml", [], config=config, environ=known)
        loaded = load_vendor(folder / "vendor.yaml")
        document = Document.load(loaded.document_path)
        secret = known["THINGS_KEY"]
        self.simulator = SimulatorServer(self.vendor_machine, document, loaded.vendor, 1, secret=secret)

    async def start(self) -> None:
        """The simulator in the scripted vendor's place. The account is connected first, where there is a chain."""
        await self.vendor_machine.run(self.simulator.start(VENDOR_ADDRESS, 80, None))
        scripted: Any = self.vendor
        scripted.start = _nothing  # the simulator has its address
        await super().start()

    async def close(self) -> None:
        await super().close()
        await self.simulator.close()

    async def get(self, path: str = "/things/things") -> Any:
        """An ordinary read through the proxy."""
        return await self.request("GET", path)

    def entries(self, operation: str = "") -> list[JournalEntry]:
        """What reached the vendor."""
        return [entry for entry in self.simulator.journal.entries if not operation or entry.operation == operation]

    def asked(self) -> int:
        """How often the token endpoint was asked."""
        return len(self.entries("oauth.token"))

    def notes(self) -> list[str]:
        """The notes in the log."""
        return [str(line["note"]) for line in self.log() if "note" in line]

    @property
    def provider(self) -> Any:
        """The vendor's provider."""
        return self.proxy.upstreams["things"].provider

    async def connected(self, scope: str = "") -> str:
        """A first refresh token, as somebody gets who connects an account."""
        authority: Any = self.simulator._parts.authority
        asked = {"response_type": "code", "client_id": CLIENT, "redirect_uri": BACK}
        asked |= {"scope": scope} if scope else {}
        answer = authority.answer("oauth.authorize", {}, urlencode(asked), b"", 0.0)
        [code] = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": CLIENT}
        form["client_secret"] = SECRET
        granted = authority.answer("oauth.token", {}, "", urlencode(form).encode(), 0.0)
        return str(json.loads(granted.body)["refresh_token"])


async def _nothing(*_: object) -> None:
    """The scripted vendor does not listen."""


def play(
    folder: Path,
    story: Callable[[TokenTown], Awaitable[T]],
    *,
    auth: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    **changes: Any,
) -> T:
    """Run a story in a new town."""

    async def main() -> T:
        town = TokenTown(folder, auth or auth_of(), environ or {}, **changes)
        if auth is not None and auth.get("tokens", {}).get("grant") == "refresh_token":
            town.environ["REFRESH"] = await town.connected()
            town.proxy = town._new_proxy()
        async with town:
            return await story(town)

    return run(main)


def revoke(town: TokenTown) -> None:
    """The vendor forgets every access token."""
    authority: Any = town.simulator._parts.authority
    authority._access.clear()


ROTATING = auth_of(oauth={"rotates": True}, **REFRESH_TOKEN)
"""An account whose refresh tokens work once."""
