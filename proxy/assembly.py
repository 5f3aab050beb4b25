"""Puts a proxy together from its configuration and vendor files: secrets, store, telemetry, upstreams.

The one place that knows every part. It starts nothing; `await proxy.start()` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tidegate.redact import Redactor
from tidegate.vendor_file import LoadedVendor

from tidegate.openapi import Document
from tidegate.proxy.admin import Admin, state_of
from tidegate.proxy.app import Proxy
from tidegate.proxy.calls import Recent
from tidegate.proxy.config import Config, Use
from tidegate.proxy.credentials import Credential, resolve
from tidegate.proxy.metrics import Metrics, Server
from tidegate.proxy.store.records import SCHEMA, Records
from tidegate.proxy.telemetry import Sink, Telemetry
from tidegate.proxy.tokens import Tokens
from tidegate.proxy.upstream import Upstream
from tidegate.world import World

if TYPE_CHECKING:
    from tidegate.proxy import tracing

OTLP_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The standard variables that name a collector (OpenTelemetry, OTLP exporter configuration)."""


ENDPOINT_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


@dataclass(frozen=True, slots=True)
class Assembled:
    """A proxy and its admin server, both yet to be started."""

    proxy: Proxy
    admin: Admin
    telemetry: Telemetry


async def assemble(
    world: World, config: Config, vendors: Mapping[str, LoadedVendor], *, environ: Mapping[str, str], sink: Sink
) -> Assembled:
    """Make a proxy for `vendors`. Log lines go to `sink`.

    Raises UsageError where a secret or a document cannot be had, and sqlite3.Error where the store is broken.
    """
    uses = {name: config.use.get(name, Use()) for name in vendors}
    credentials = {
        name: Credential.load(loaded.vendor.facts.auth, environ, uses[name].secret) for name, loaded in vendors.items()
    }
    tokens = [(token.app, resolve(token.token, environ).reveal()) for token in config.tokens]
    documents = {name: Document.load(loaded.document_path) for name, loaded in vendors.items()}
    servers = {name: server_of(uses[name].base_url or loaded.vendor.facts.base_url) for name, loaded in vendors.items()}
    records = Records(world.database(config.store, SCHEMA))
    await records.open(world.wall())
    upstreams = {
        name: Upstream(world, loaded, documents[name], use=uses[name], credential=credentials[name], records=records)
        for name, loaded in vendors.items()
    }
    metrics, recent = Metrics(servers), Recent()
    telemetry = Telemetry(
        world,
        sink=sink,
        redactor=Redactor(secrets_of(credentials.values(), tokens)),
        metrics=metrics,
        recent=recent,
        spans=_spans(config, servers, environ),
    )
    proxy = Proxy(world, config, upstreams, tokens=Tokens(tokens), records=records, recent=recent, telemetry=telemetry)
    metrics.state = lambda: state_of(upstreams, world.now())
    return Assembled(proxy, Admin(world, config.admin, proxy, metrics), telemetry)


def server_of(base_url: str) -> Server:
    """Whom a base URL leads to. Credentials in it are not shown."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    shown = f"[{host}]" if ":" in host else host
    explicit = f":{parts.port}" if parts.port else ""
    return Server(host, port, f"{parts.scheme}://{shown}{explicit}{parts.path.rstrip('/')}")


def secrets_of(credentials: Iterable[Credential], tokens: Iterable[tuple[str, str]]) -> list[str]:
    """Every secret value that must never be told, as it is stored and as it is sent."""
    found = [token for _, token in tokens]
    for credential in credentials:
        secret = credential.secret.reveal()
        found += [secret, credential.worn.reveal(), *(part for part in secret.split(":", 1) if part != secret and part)]
    return found


def _spans(
    world: World, config: Config, environ: Mapping[str, str], servers: Mapping[str, Server]
) -> "tracing.Spans | None":
    """Spans are made only where a collector is named; their library is slow to import, so not before."""
    if config.telemetry.otlp is None and not any(environ.get(name) for name in OTLP_VARIABLES):
        return None
    from tidegate.proxy import tracing

    exporter = tracing.exporter_for(config.telemetry.otlp, environ)
    assert exporter is not None
    return tracing.Spans(exporter, servers, sample=config.telemetry.sample, rng=world.random("trace ids"))
