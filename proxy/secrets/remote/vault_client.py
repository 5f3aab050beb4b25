"""One request to a Vault or OpenBao server, over the proxy's own transport: JSON in, JSON out, within bounds.

It follows no redirect (a standby that answers one is named in the error) and repeats nothing. It knows no login.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import orjson

from tidegate.problems import UsageError
from tidegate.proxy.secrets.secret_source import SourceAway, header_flaw
from tidegate.proxy.settings.secret_settings import VaultSettings
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent
from tidegate.proxy.wire.transport import Origin, Timers, VendorAnswer
from tidegate.proxy.wire.transport_choice import transport_for
from tidegate.url_port import port_of
from tidegate.world.world import World

ANSWER_BYTES_MAX = 1_048_576
"""Vault keeps no secret larger than this (its storage refuses an entry of more than 1 MiB)."""
IDLE_MAX_S = 10.0
WHY_CHARS_MAX = 200
"""So much of an error's own text is repeated."""


@dataclass(frozen=True, slots=True)
class VaultAnswer:
    """An answer: its status, and its document, empty where it has none that can be read."""

    status: int
    document: Mapping[str, object]

    @property
    def why(self) -> str:
        """The errors that it names, in short."""
        errors = self.document.get("errors")
        text = "; ".join(str(error) for error in errors) if isinstance(errors, list) else ""
        return " ".join(text.split())[:WHY_CHARS_MAX]

    def block(self, name: str) -> Mapping[str, object]:
        """An object of the document; empty where there is none of this name."""
        value = self.document.get(name)
        return value if isinstance(value, dict) else {}


class VaultClient:
    """See the module. One for a server."""

    def __init__(self, world: World, settings: VaultSettings, transport: str = "auto") -> None:
        """Raises UsageError where the file of CAs cannot be read."""
        self._world, self._settings = world, settings
        parts = urlsplit(settings.address)
        self._host, self._path = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
        port = port_of(parts)
        tls = _trusting(settings) if parts.scheme == "https" else None
        # The operator wrote the address down himself, so it may be a private one.
        self._transport = transport_for(transport)(world, Origin(parts.hostname or "", port, tls, private=True))

    async def ask(
        self, method: str, path: str, token: str = "", content: Mapping[str, object] | None = None
    ) -> VaultAnswer:
        """Ask once. `path` follows `/v1/`. Raises SourceAway where no answer comes."""
        if flaw := header_flaw(token):
            raise SourceAway(f"vault at {self._settings.address}: our token cannot be sent: {flaw}")
        settings, now = self._settings, self._world.now()
        limit_s = settings.timeout
        timers = Timers(limit_s, limit_s, limit_s, limit_s, upload_s=limit_s, ends=now + limit_s)
        try:
            answer = await self._transport.exchange(
                self._request(method, path, token, content), method=method, idle_max_s=IDLE_MAX_S, timers=timers
            )
            body = await self._whole(answer, now + limit_s)
        except (NotSent, NoAnswer) as error:
            raise SourceAway(f"vault at {settings.address} does not answer: {error}") from None
        try:
            document = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError:
            document = {}
        return VaultAnswer(answer.status, document if isinstance(document, dict) else {})

    async def close(self) -> None:
        """Close its connections."""
        await self._transport.close()

    def _request(self, method: str, path: str, token: str, content: Mapping[str, object] | None) -> bytes:
        body = b"" if content is None else orjson.dumps(content)
        lines = [
            f"{method} {self._path}/v1/{quote(path, safe='/')} HTTP/1.1",
            f"Host: {self._host}",
            "User-Agent: Tidegate",
            "X-Vault-Request: true",  # an agent in between may ask for it, against requests that were forged
            *([f"X-Vault-Token: {token}"] if token else []),
            *([f"X-Vault-Namespace: {self._settings.namespace}"] if self._settings.namespace else []),
            *([] if content is None else ["Content-Type: application/json", f"Content-Length: {len(body)}"]),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def _whole(self, answer: VendorAnswer, ends: float) -> bytes:
        if answer.rest is None:
            return answer.body
        try:
            body, whole = await answer.rest.gather(self._settings.timeout, ends, ANSWER_BYTES_MAX)
        finally:
            answer.rest.close()
        if not whole:
            raise SourceAway(f"vault at {self._settings.address} answers more than {ANSWER_BYTES_MAX} bytes")
        return body


def _trusting(settings: VaultSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(settings.ca) if settings.ca else None)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"secrets.vault.ca: {settings.ca}: this is not a file of CA certificates: {error}") from None
