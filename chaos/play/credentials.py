"""The credentials of a trial: what the vendors take, what the proxy is given, and what changes of it while it plays."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.search_apps import PATIENCE_S
from tidegate.chaos.apps.stories import OPERATIONS, REMOVAL, STORIES, Story, member_of
from tidegate.chaos.judge.invariants import leaks
from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.play.run import SECRET, SECRET_VARIABLE, VENDOR_PORT
from tidegate.chaos.search_vendors import ADDRESSES, PAYMENTS, authenticated, pooled, searched, shipped
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.credential_change import DrawnExchange, DrawnTokens
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.pool import KEYS
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config, VendorUse
from tidegate.proxy.reload.worn_secrets import WornSecrets
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.proxy.secrets.source_choice import watcher_for
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.auth_facts import OAuth, PoolFacts
from tidegate.vendor.token_facts import TokenRequest
from tidegate.vendor.vendor_file import LoadedVendor

KEY_VARIABLE, REFRESH_VARIABLE = "PAYMENTS_KEY", "FIRST_REFRESH_TOKEN"
OLD, NEW = "rk_before_that_no_output_may_show_0010", "rk_after_that_no_output_may_show_0011"
CLIENT = "tidegate"
QUIET_S = 30.0
"""After the last app was told, everything gets so long to come to an end."""
TOKENS_LOOKED_FOR = 4
"""In the outputs: the last so many that were given. All would take as long as the trial."""

_STORED = "SELECT payload FROM tokens"


class CredentialStage:
    """The part of a trial's world that changes them. `loaded` are the vendor files, by vendor."""

    def __init__(self, drawn: DrawnScenario) -> None:
        self._pool = {name: KEYS[name] for name in drawn.pool.members} if drawn.pool is not None else {}
        self._change = drawn.change
        deferral = drawn.boxes.deferral if drawn.boxes is not None else None
        self.loaded: dict[str, LoadedVendor] = {
            name: searched(name, drawn.limit, hints=drawn.hints, deferral=deferral, places=drawn.places)
            for name in ADDRESSES
        }
        if drawn.pool is not None:
            self.loaded[PAYMENTS] = pooled(self.loaded[PAYMENTS], drawn.pool.limit)
        elif self._change is not None:
            self.loaded[PAYMENTS] = authenticated(self.loaded[PAYMENTS], **_auth(self._change))
        self.environ = {SECRET_VARIABLE: SECRET, KEY_VARIABLE: OLD}
        """The secrets by the names that the configuration gives them. A proxy that watches them sees every change."""
        self.environ |= {name.upper(): key for name, key in self._pool.items()}
        self._watcher: SecretWatcher | None = None

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each vendor is."""
        return ADDRESSES

    @property
    def documents(self) -> Mapping[str, Document]:
        """Each vendor's document."""
        return {name: shipped(name)[1] for name in ADDRESSES}

    @property
    def stories(self) -> Mapping[str, Story]:
        """Every story that is played."""
        return STORIES

    @property
    def budget_s(self) -> float:
        """What the policy gives a call."""
        return self.loaded[PAYMENTS].vendor.policy.budget

    @property
    def quiet_s(self) -> float:
        """After the last app was told, everything gets so long to come to an end."""
        return QUIET_S

    def scenario(self, vendor: str, scenario: Scenario) -> Scenario:
        """All of a scenario: what happens to one vendor happens to both."""
        del vendor
        return scenario

    def intents(self, scenario: Scenario, world: VirtualWorld) -> list[Intent]:
        """Everything that is wanted, in its order."""
        return offered_load.intents(scenario, world.random("intents"), PATIENCE_S, OPERATIONS)

    def welcome(self, vendors: Mapping[str, SimulatorServer], intents: Sequence[Intent]) -> None:
        """Let the customers exist whom somebody will want to remove."""
        vendor = vendors[PAYMENTS]
        for intent in intents:
            if STORIES[intent.story].operation == REMOVAL:
                values = {"id": member_of(intent), "metadata": {"order_id": intent.id}}
                vendor.service.place(vendor.resource_operations.kinds["customer"], values)

    def fixtures(self, vendor: str) -> Mapping[str, Any]:
        """None: their documents have examples."""
        del vendor
        return {}

    def words(self, vendor: str) -> None:
        """The tap knows their words."""

    def evidence(self, vendor: str) -> None:
        """The judge knows their files."""

    def keys(self, vendor: str) -> tuple[str, ...]:
        """The keys that a vendor takes at first; for tokens, the client's secret."""
        if vendor == PAYMENTS and isinstance(self._change, DrawnExchange):
            return (OLD,)
        return tuple(self._pool.values()) if vendor == PAYMENTS and self._pool else (SECRET,)

    def configured(self, config: Config) -> Config:
        """The configuration that names them. Each member of a pool is in a variable of its name."""
        config = config.model_copy(update={"use": {name: vendor_use(name) for name in ADDRESSES}})
        use: dict[str, Any] = config.use[PAYMENTS].model_dump(exclude={"secret"}, exclude_unset=True)
        if self._pool:
            use["secrets"] = {name: f"env:{name.upper()}" for name in self._pool}
        elif isinstance(self._change, DrawnExchange):
            use["secret"] = f"env:{KEY_VARIABLE}"
        else:
            return config
        made = type(config.use[PAYMENTS]).model_validate(use)
        return config.model_copy(update={"use": {**config.use, PAYMENTS: made}})

    def begin(
        self, world: VirtualWorld, vendors: Mapping[str, SimulatorServer], taps: Mapping[str, Tap], store: Path
    ) -> None:
        """Plan what the vendor and the source of secrets do, and connect the account. Before the proxy starts."""
        change, vendor, tap = self._change, vendors[PAYMENTS], taps[PAYMENTS]
        if isinstance(change, DrawnExchange):
            world.call_later(change.source_s, self.environ.__setitem__, KEY_VARIABLE, NEW)
            world.call_later(change.taken_s, vendor.accept, (OLD, NEW))
            world.call_later(change.ended_s, vendor.accept, (NEW,))
        elif isinstance(change, DrawnTokens):
            assert vendor.authority is not None
            for at in change.revoked_s:
                world.call_later(at, vendor.authority.revoke)
            if change.grant == "refresh_token":
                self.environ[REFRESH_VARIABLE] = vendor.authority.consent(CLIENT, vendor.at)
                tap.is_stored = lambda token: _is_stored(world, store, token)

    def watched(self, machine: VirtualWorld, config: Config) -> Mapping[str, str]:
        """What a proxy on this machine reads its secrets from: watched where one is exchanged."""
        self._watcher = None
        if not isinstance(self._change, DrawnExchange):
            return self.environ
        self._watcher = watcher_for(machine, config.secrets, self.environ, asyncio.to_thread)
        return self._watcher.book

    def watch(self, machine: VirtualWorld, proxy: Proxy) -> None:
        """Have a proxy that has started wear what changes."""
        if self._watcher is not None:
            self._watcher.serve(WornSecrets(machine, proxy, self._watcher.book))
            self._watcher.start()

    async def close(self) -> None:
        """End the watch."""
        if self._watcher is not None:
            await self._watcher.close()

    def leaked(self, outputs: Iterable[bytes], taps: Mapping[str, Tap]) -> int:
        """The secrets of the payments vendor that outputs show. Tokens are on the disk, which is none of them."""
        outputs, tap = [b"\n".join(outputs)], taps[PAYMENTS]
        tokens = [
            value for grant in tap.grants[-TOKENS_LOOKED_FOR:] for value in (grant.access, grant.refresh) if value
        ]
        return sum(leaks(secret, outputs) for secret in (*self._pool.values(), *self._worn_keys(), *tokens))

    def _worn_keys(self) -> tuple[str, ...]:
        if isinstance(self._change, DrawnExchange):
            return (OLD, NEW)
        return (self.environ[REFRESH_VARIABLE],) if REFRESH_VARIABLE in self.environ else ()


def vendor_use(name: str) -> VendorUse:
    """The configuration's entry of a vendor in the virtual world."""
    return VendorUse.model_validate(
        {
            "base_url": f"http://{host_name(name)}:{VENDOR_PORT}",
            "private_addresses": "allow",
            "secret": f"env:{SECRET_VARIABLE}",
        }
    )


def host_name(vendor: str) -> str:
    """The name of a vendor's machine in the virtual world."""
    return f"{vendor}.test"


def _auth(change: DrawnTokens | DrawnExchange) -> dict[str, object]:
    """The vendor's facts. It knows an account's idempotency keys again under every token and key of it."""
    facts: dict[str, object] = {"pool": PoolFacts(account="one", keys="account")}
    if isinstance(change, DrawnExchange):
        return facts
    oauth = {"token": "/oauth/token", "expires_in": f"{change.life_s:g}s", "rotates": True, "reuse_grace": "1h"}
    tokens = {"grant": change.grant, "client_id": CLIENT}
    if change.grant == "refresh_token":
        tokens["refresh_token"] = f"env:{REFRESH_VARIABLE}"
    return facts | {"oauth": OAuth.model_validate(oauth), "tokens": TokenRequest.model_validate(tokens)}


def _is_stored(world: VirtualWorld, store: Path, token: str) -> bool:
    rows = world.disk.connection(store).execute(_STORED)
    return any(token.encode() in payload for (payload,) in rows)
