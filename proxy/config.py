"""tidegate.yaml: where the proxy listens, which vendors it serves, who may call it (docs/tidegate-yaml.md).

Read like a vendor file: unknown keys are refused, durations carry units, secrets are references, and every mistake is
reported at once with its place. It knows nothing of what a vendor does; that is the vendor file's.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import orjson
from pydantic import BeforeValidator, Field, PlainValidator, ValidationError, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from tidegate.configfile.block import Block
from tidegate.configfile.finding import Finding, in_order, written_path
from tidegate.configfile.units import Duration, Secret
from tidegate.configfile.web_address import BaseAddress
from tidegate.configfile.wording import follows_from_another, place_of, worded
from tidegate.configfile.yaml_places import read_places
from tidegate.policy.data import RegionName, ResidencyRule
from tidegate.problems import UsageError
from tidegate.proxy.app_config import (
    AppEndpoint,
    AppSettings,
    Patterns,
    PlaceholderUse,
    app_placed_at,
    endpoint_placed_at,
)
from tidegate.proxy.config_paths import beside, secret_beside, store_placed_at
from tidegate.proxy.config_values import (
    AppName,
    HostName,
    Listen,
    ListenAddress,
    PlaceholderName,
    PublicUrl,
)
from tidegate.proxy.identity.access_config import (
    AdminToken,
    AppToken,
    SocketSettings,
    TlsSettings,
    admin_tokens_placed_at,
    socket_placed_at,
    tls_placed_at,
    tokens_placed_at,
)
from tidegate.proxy.inbox_config import InboxSettings, inbox_placed_at
from tidegate.proxy.settings.forward_config import ForwardSettings, forward_placed_at
from tidegate.proxy.settings.secret_settings import SecretSettings, secrets_placed_at
from tidegate.proxy.settings.telemetry_settings import LOG_WORDS, TelemetrySettings
from tidegate.proxy.store_config import OutboxSettings, RetentionSettings, SealingSettings, sealing_placed_at
from tidegate.proxy.store_place import StorePlace, parse_store
from tidegate.vendor.auth_facts import Members

__all__ = [
    "AdminToken",
    "AppToken",
    "Config",
    "ConfigError",
    "ListenAddress",
    "TelemetrySettings",
    "VendorUse",
    "load_config",
]

DEFAULT_FILE = Path("tidegate.yaml")
STRANGERS, ADMIN_STRANGERS, UNSEALED_SECRETS = "strangers_without_tokens", "admin_without_tokens", "unsealed_secrets"
ONE_ADDRESS = "one_address"
PLACES = {
    STRANGERS: ("listen",),
    ADMIN_STRANGERS: ("admin",),
    UNSEALED_SECRETS: ("secrets", "keep"),
    ONE_ADDRESS: ("admin",),
}
"""A mistake of the whole → the key where it stands."""
TOKENS_MAX = 1000


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


Store = Annotated[
    StorePlace,
    PlainValidator(parse_store),
    WithJsonSchema({"type": "string", "examples": [".tidegate/store.db", "postgresql://tidegate@db/tidegate"]}),
]


class VendorUse(Block):
    """The settings of a vendor on this machine, beside or over its file."""

    base_url: Annotated[BaseAddress | None, Field(examples=["https://api.vendor.com"])] = None
    """Where the vendor is: a sandbox, or a simulator. Left out, it is the vendor file's."""
    private_addresses: Literal["refuse", "warn", "allow"] = "refuse"
    """What is done where it has an address that is not public."""
    secret: Secret | None = None
    """Where the vendor's secret is on this machine. Left out, it is where the vendor file says."""
    secrets: Members = Field(default={})
    """Several credentials instead, by name: a pool. They take the place of what the vendor file names."""
    ca: Path | None = None
    """A PEM file of the CAs to trust for this vendor instead of the system's."""
    region: RegionName | None = None
    """The region of `base_url`, where that is none of the vendor's own hosts."""
    approve: Annotated[Patterns, Field(strict=False)] = ()
    """The writes that wait until a person lets them go, whichever app makes them."""


class Config(Block):
    """A whole tidegate.yaml. Relative paths are relative to the file."""

    listen: Listen = ListenAddress("127.0.0.1", 8080)
    """Where apps send their calls. Port 0 takes a free one."""
    admin: Listen = ListenAddress("127.0.0.1", 8081)
    """The admin port: health, metrics and state, and what people do by hand."""
    hosts: tuple[HostName, ...] = ()
    """Names, without a port, that gateway and admin port answer to besides those they have anyway."""
    public_url: PublicUrl | None = None
    """The gateway as apps reach it, where that is not what their Host header says."""
    region: RegionName | None = None
    """The region of Tidegate and of every app that names no other."""
    residency: tuple[ResidencyRule, ...] | None = None
    """Where data may go, from region to region. What no rule lets go is refused; left out, everything may go."""
    store: Store = Path(".tidegate/store.db")
    """A file, the URL of a database, or a reference to either (tidegate.proxy.store.store_choice)."""
    outbox: OutboxSettings = OutboxSettings()
    """How much may wait to be carried out."""
    retention: RetentionSettings = RetentionSettings()
    """How long deliveries that have ended are kept."""
    sealing: SealingSettings | None = None
    """The keys that seal what is stored of personal data; None where it is stored as it is."""
    secrets: SecretSettings = SecretSettings()
    """The watch over secrets, and the sources on other machines."""
    vendors: tuple[Path, ...] = ()
    """Folders to look for `<vendor>/vendor.yaml` in, before `./adapters` and those that come with Tidegate."""
    use: dict[str, Annotated[VendorUse, BeforeValidator(_nothing_is_empty)]] = Field(default={})
    """The vendors to serve; without it, every one that is found and whose secret is there."""
    tokens: Annotated[tuple[AppToken, ...], Field(max_length=TOKENS_MAX)] = ()
    """The apps that may call; without any, every key is the app `local`, on this machine alone."""
    admin_tokens: Annotated[tuple[AdminToken, ...], Field(max_length=TOKENS_MAX)] = ()
    """Who may ask the admin port; without any it answers to everybody, and listens on this machine alone."""
    tls: TlsSettings = TlsSettings()
    """TLS of the listeners."""
    socket: SocketSettings | None = None
    """A Unix socket of the gateway; None for none."""
    inbox: InboxSettings | None = None
    """The receiver of webhooks; None for none."""
    apps: dict[AppName, AppSettings] = Field(default={})
    """What each app may do, and where it is brought webhooks and results."""
    placeholders: dict[PlaceholderName, PlaceholderUse] = Field(default={})
    """What apps may write in the place of a secret, by its name without `tg_`."""
    events: AppEndpoint | None = None
    """Who is told of each delivery that became dead or parked; None for nobody."""
    forward: ForwardSettings | None = None
    """The forward proxy; None for none."""
    telemetry: TelemetrySettings = TelemetrySettings()
    """Log lines and traces."""
    drain: Duration = 30.0
    """How long calls under way may take to finish after a stop was asked for."""
    head_timeout: Annotated[Duration, Field(gt=0)] = 20.0
    """From the first byte of a request (or from the connection) to the end of its headers."""
    connections_max: Annotated[int | None, Field(ge=8)] = None
    """Connections to the gateway; None for what the limit of file descriptors allows."""
    source_connections_max: Annotated[int | None, Field(ge=1)] = None
    """Connections from one address; None for three quarters of all."""
    headers_max_bytes: Annotated[int, Field(ge=1024, le=1_048_576)] = 32_768
    """The longest target of a request (a longer one is 414), and the longest header (431)."""
    body_max_bytes: Annotated[int, Field(ge=1024)] = 1_073_741_824
    """The largest body of a request."""
    body_kept_bytes: Annotated[int, Field(ge=0, le=67_108_864)] = 1_048_576
    """A longer body is passed on as it comes, and so cannot be sent again."""
    cache_max_bytes: Annotated[int, Field(ge=0)] = 67_108_864
    """Memory for stored answers, of all vendors together."""
    transport: Literal["auto", "pool", "session"] = "auto"
    """`auto` takes the pool where aiohttp's version is the one that it was made for."""

    @property
    def anonymous(self) -> bool:
        """True where every key is the app `local`: nothing tells apps apart."""
        return not self.tokens and not any(app.clients or app.uids for app in self.apps.values())

    @model_validator(mode="after")
    def _kept_secrets_are_sealed(self) -> "Config":
        keys = self.sealing.keys if self.sealing is not None else ()
        if self.secrets.keep is not None and (not keys or any(key.remote for key in keys)):
            raise PydanticCustomError(
                UNSEALED_SECRETS, "secrets.keep writes secrets to a disk; write sealing.keys, with keys of this machine"
            )
        return self

    @model_validator(mode="after")
    def _ports_are_apart(self) -> "Config":
        if self.listen.port and self.listen == self.admin:
            raise PydanticCustomError(ONE_ADDRESS, "listen has this address already; write another port")
        return self

    @model_validator(mode="after")
    def _strangers_need_tokens(self) -> "Config":
        if not self.admin_tokens and not self.admin.loopback:
            raise PydanticCustomError(
                ADMIN_STRANGERS,
                "other machines can reach {listen} and there are no admin_tokens; "
                "list who may ask it under admin_tokens, or listen on 127.0.0.1",
                {"listen": str(self.admin)},
            )
        if self.anonymous and not self.listen.loopback:
            raise PydanticCustomError(
                STRANGERS,
                "other machines can reach {listen} and there are no tokens; "
                "list the apps under tokens, or listen on 127.0.0.1",
                {"listen": str(self.listen)},
            )
        return self


class ConfigError(UsageError):
    """The mistakes of a tidegate.yaml, one finding for each."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


def load_config(path: Path | None = None) -> Config:
    """Read `path`; without one, ./tidegate.yaml where it exists, else the defaults. Raises ConfigError."""
    if path is None and not os.path.lexists(DEFAULT_FILE):  # a link to nothing is a file that cannot be read
        return Config()
    file = path or DEFAULT_FILE
    placed = read_places(_text(file))
    written = {} if placed.data is None else placed.data
    mistakes = [(flaw.code, flaw.loc, flaw.position, flaw.message) for flaw in placed.flaws]
    config = None
    if placed.data is not None or not mistakes:
        try:
            config = Config.model_validate_json(orjson.dumps(written))
        except ValidationError as error:
            details = error.errors(include_url=False)
            for detail in details:
                loc = place_of(detail) or PLACES.get(detail["type"], ())
                if any(flaw.loc == loc for flaw in placed.flaws) or follows_from_another(detail, details):
                    continue  # what stands there could not be read, and that was said
                code, message = worded(detail, loc, Config)
                mistakes.append((code, loc, placed.position(loc), message))
    if config is None or mistakes:
        raise ConfigError(
            in_order(
                Finding(code, "error", str(file), place.line, place.column, written_path(loc), message)
                for code, loc, place, message in mistakes
            )
        )
    return _placed_at(config, file.parent)


def _placed_at(config: Config, home: Path) -> Config:
    """The configuration with every relative path made one from the folder of its file."""
    telemetry = config.telemetry
    if telemetry.log not in LOG_WORDS:
        telemetry = telemetry.model_copy(update={"log": str(home / telemetry.log)})
    return config.model_copy(
        update={
            "store": store_placed_at(config.store, home),
            "sealing": config.sealing and sealing_placed_at(config.sealing, home),
            "secrets": secrets_placed_at(config.secrets, home),
            "vendors": tuple(home / vendor for vendor in config.vendors),
            "use": {name: _use_placed_at(use, home) for name, use in config.use.items()},
            "tokens": tokens_placed_at(config.tokens, home),
            "admin_tokens": admin_tokens_placed_at(config.admin_tokens, home),
            "tls": tls_placed_at(config.tls, home),
            "socket": config.socket and socket_placed_at(config.socket, home),
            "inbox": config.inbox and inbox_placed_at(config.inbox, home),
            "apps": {name: app_placed_at(app, home) for name, app in config.apps.items()},
            "placeholders": {
                name: use.model_copy(update={"secret": secret_beside(home, use.secret)})
                for name, use in config.placeholders.items()
            },
            "events": config.events and endpoint_placed_at(config.events, home),
            "forward": config.forward and forward_placed_at(config.forward, home),
            "telemetry": telemetry,
        }
    )


def _use_placed_at(use: VendorUse, home: Path) -> VendorUse:
    ca = use.ca and beside(home, use.ca)
    secrets = {name: secret_beside(home, secret) for name, secret in use.secrets.items()}
    own = use.secret and secret_beside(home, use.secret)
    return use.model_copy(update={"ca": ca, "secret": own, "secrets": secrets})


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file}: is not UTF-8 text") from None
