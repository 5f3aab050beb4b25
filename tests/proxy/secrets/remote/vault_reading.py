"""A source that reads secrets of the tests' own Vault-compatible server, and a clock that can be put forward."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.vault_server import ROOT_TOKEN, VaultServer
from tidegate.configfile.secret_references import parse_secret
from tidegate.proxy.secrets.local_sources import LocalSources
from tidegate.proxy.secrets.remote.vault_source import VaultSource
from tidegate.proxy.settings.secret_settings import VaultSettings
from tidegate.world.world import RealWorld


class Clock(RealWorld):
    """The real world with a clock that can be put forward."""

    ahead_s = 0.0

    def now(self) -> float:
        return RealWorld.now() + self.ahead_s


@asynccontextmanager
async def source(
    address: str, environ: dict[str, str], world: RealWorld | None = None, **settings: Any
) -> AsyncIterator[VaultSource]:
    made = VaultSettings.model_validate({"address": address, "timeout": "5s", **settings})
    of = VaultSource(world or RealWorld(), made, lambda ref: LocalSources(environ).look((ref,))[ref].secret)
    try:
        yield of
    finally:
        await of.close()


def by_token(server: VaultServer, token: str = ROOT_TOKEN, **more: Any) -> Any:
    return source(server.url, {"VAULT_TOKEN": token}, auth="token", token="env:VAULT_TOKEN", **more)


async def read(of: VaultSource, *written: str) -> list[str]:
    refs = tuple(parse_secret(one) for one in written)
    found = await of.read(of.bundle(refs[0]), refs)
    return [found[ref].secret.reveal() for ref in refs]
