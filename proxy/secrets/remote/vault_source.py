"""Secrets of a KV engine, version 2, of a Vault or OpenBao server; and the token with which we read them.

A bundle is a path: its fields are read in one answer and are of one version. The token is renewed or replaced before it
ends (tidegate.proxy.policies.credentials.lease_life). A server that is sealed, away or shut to us is SourceAway: what
was read last stays good, and whoever watches says since when.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.policies.credentials.lease_life import LeaseLife
from tidegate.proxy.secrets.remote.vault_client import VaultAnswer, VaultClient
from tidegate.proxy.secrets.secret_source import Bundle, SecretFlaw, SourceAway, SourcedSecret, usable
from tidegate.proxy.settings.secret_settings import VaultSettings
from tidegate.redaction.secret import Secret
from tidegate.world.world import World

OK, NO_CONTENT, FORBIDDEN, NOT_FOUND = 200, 204, 403, 404

ReadLocal = Callable[[SecretRef], Secret]
"""Reads a secret of this machine. Raises SecretFlaw."""


class VaultSource:
    """See the module. `read_local` reads what lets us in."""

    def __init__(
        self,
        world: World,
        settings: VaultSettings,
        read_local: ReadLocal,
        transport: str = "auto",
        hide: Callable[[Secret], object] = bool,
    ) -> None:
        self._world, self._settings, self._read_local, self._hide = world, settings, read_local, hide
        self._newest: dict[str, float] = {}
        self._client = VaultClient(world, settings, transport)
        self._token: Secret | None = None
        self._life: LeaseLife | None = None
        self._at_login = asyncio.Lock()

    @property
    def lease_ends(self) -> float | None:
        """The monotonic second at which our own token ends; None where there is none, or it never does."""
        return None if self._life is None else self._life.ends

    def bundle(self, ref: SecretRef) -> str:
        """See SecretSource.bundle: the fields of one path are read together."""
        return f"vault:{ref.place}"

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        """See SecretSource.read. What Vault answers is whole, forced or not."""
        del forced
        mount, _, path = bundle.removeprefix("vault:").partition("/")
        answer = await self._ask("GET", f"{mount}/data/{path}")
        if answer.status == NOT_FOUND:
            gone = answer.block("data").get("metadata")  # a deleted version has metadata, and no data
            cure = "its newest version is deleted" if gone else "name the mount and the path, without `data/`"
            raise SecretFlaw(f"{bundle}: there is no such secret; {cure}")
        if answer.status != OK:
            raise self._away(answer, f"reading {bundle}")
        data, metadata = answer.block("data").get("data"), answer.block("data").get("metadata")
        if not isinstance(data, dict) or not isinstance(metadata, dict):
            raise SecretFlaw(f"{bundle}: this is no secret of a KV engine of version 2")
        created = _wall(metadata.get("created_time")) or 0.0
        if created < self._newest.get(bundle, 0.0):
            return {}  # from a standby that lags behind: it was another version's before
        self._newest[bundle] = created
        return {ref: _sourced(ref, data, metadata) for ref in refs}

    async def close(self) -> None:
        """See SecretSource.close. The token is left to end: other processes may log in with the same."""
        await self._client.close()

    async def _ask(self, method: str, path: str) -> VaultAnswer:
        """Ask with our token. One that is refused is replaced, once."""
        token = await self._good_token()
        answer = await self._client.ask(method, path, token.reveal())
        if answer.status == FORBIDDEN and self._settings.auth != "token":
            async with self._at_login:
                if self._token == token:
                    await self._login()
            token = self._token or token
            answer = await self._client.ask(method, path, token.reveal())
        elif answer.status == FORBIDDEN:
            self._token = None  # its file may hold another by now
        return answer

    async def _good_token(self) -> Secret:
        async with self._at_login:  # one login for all who come without a token at once
            return await self._one_token()

    async def _one_token(self) -> Secret:
        token, life = self._token, self._life
        if token is None or life is None:
            return await self._login()
        step = life.step(self._world.now())
        if step == "use":
            return token
        try:
            return await (self._renew(token, life) if step == "renew" else self._login())
        except SourceAway:
            ends, now = life.ends, self._world.now()
            life.failed(now)
            if ends is None or now >= ends:
                raise
            return token

    async def _renew(self, token: Secret, life: LeaseLife) -> Secret:
        answer = await self._client.ask("POST", "auth/token/renew-self", token.reveal(), {})
        if answer.status != OK:
            raise self._away(answer, "renewing our token")
        auth = answer.block("auth")
        life.renewed(self._world.now(), _seconds(auth.get("lease_duration")), renewable=auth.get("renewable") is True)
        return token

    async def _login(self) -> Secret:
        settings = self._settings
        if settings.auth == "token":
            return await self._adopt()
        content = self._login_content()
        answer = await self._client.ask("POST", f"auth/{settings.mount or settings.auth}/login", content=content)
        auth = answer.block("auth")
        token = auth.get("client_token")
        if answer.status != OK or not isinstance(token, str) or not token:
            raise self._away(answer, f"logging in by {settings.auth}")
        renewable, ttl_s = auth.get("renewable") is True, _seconds(auth.get("lease_duration"))
        self._token = Secret(token)
        self._hide(self._token)
        self._life = LeaseLife.begun(self._world.now(), ttl_s, renewable=renewable, can_login=True)
        return self._token

    def _login_content(self) -> dict[str, object]:
        settings = self._settings
        if settings.auth == "kubernetes":
            jwt = self._read_local(SecretRef("file", str(settings.jwt)))
            return {"role": settings.role, "jwt": jwt.reveal()}
        assert settings.role_id is not None
        assert settings.secret_id is not None
        return {
            "role_id": self._read_local(settings.role_id).reveal(),
            "secret_id": self._read_local(settings.secret_id).reveal(),
        }

    async def _adopt(self) -> Secret:
        """The token that we were given, and what is left of its life."""
        assert self._settings.token is not None
        token = self._read_local(self._settings.token)
        self._hide(token)
        answer = await self._client.ask("GET", "auth/token/lookup-self", token.reveal())
        if answer.status != OK:
            raise self._away(answer, "looking our token up")
        data = answer.block("data")
        ttl_s, renewable = _seconds(data.get("ttl")), data.get("renewable") is True
        self._token = token
        self._life = LeaseLife.begun(self._world.now(), ttl_s, renewable=renewable, can_login=False)
        return token

    def _away(self, answer: VaultAnswer, doing: str) -> SourceAway:
        why = f": {answer.why}" if answer.why else ""
        return SourceAway(f"vault at {self._settings.address} answered {answer.status} to {doing}{why}")


def _sourced(ref: SecretRef, data: Mapping[str, object], metadata: Mapping[str, object]) -> SourcedSecret:
    value = data.get(ref.field)
    if not isinstance(value, str):
        why = "there is no field of this name" if ref.field not in data else "the field is no text"
        raise SecretFlaw(f"{ref}: {why}")
    created, ends = _wall(metadata.get("created_time")), _wall(metadata.get("deletion_time"))
    return SourcedSecret(usable(ref, value), f"version {metadata.get('version')}", created, ends)


def _seconds(value: object) -> float:
    return max(float(value), 0.0) if isinstance(value, int | float) else 0.0


def _wall(value: object) -> float | None:
    """RFC 3339 → seconds since 1970; None where it is none. Vault writes nanoseconds, which Python cuts."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return None
