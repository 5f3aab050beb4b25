"""The vendors that a configuration means, and what their files say: read and judged whole before they come into force.

It only reads. What is put in force, and when, is tidegate.proxy.reload.reload's matter; a start that fails is shown by
`tidegate serve`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm

from tidegate.check.checking import load_checked
from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_vendor
from tidegate.problems import UsageError
from tidegate.proxy.config import Config, VendorUse, load_config
from tidegate.proxy.store.sealed.seal import NO_KEYS
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, sealing_key
from tidegate.proxy.upstream.credential import resolve
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.webhook_routes import WebhookRoutes, route_flaws, webhook_routes
from tidegate.vendor.search_path import find_vendors, own_vendors
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

RESTART_KEYS = (
    "listen", "admin", "store", "headers_max_bytes", "head_timeout", "connections_max", "source_connections_max",
    "transport", "telemetry.log", "telemetry.otlp", "inbox.listen", "inbox.connections_max",
)  # fmt: skip
"""Keys of tidegate.yaml that are read when Tidegate starts, and not again: a change needs a restart."""


NO_CIPHER = "the OpenSSL under this Python's cryptography has no AES-256-GCM-SIV; it needs 3.2, which the wheel brings"


@dataclass(frozen=True, slots=True)
class ReadVendor:
    """A vendor's file and document, with no rule broken, and the plans that follow from them, by operation."""

    loaded: LoadedVendor
    document: Document
    plans: dict[str, OperationPlan]


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """A change that comes into force at once: vendors that are new or have changed, and vendors that are no more."""

    config: Config
    tokens: tuple[tuple[str, str], ...] | None = None
    """App and token; None for those that are in force."""
    put: tuple[tuple[Upstream, dict[str, OperationPlan]], ...] = ()
    gone: tuple[str, ...] = ()
    routes: WebhookRoutes | None = None
    """Those of webhooks; None for those that are in force."""
    sealing: SealingKeys | None = None
    """The keys that seal; None for those that are in force."""


@dataclass(frozen=True, slots=True)
class ReadConfig:
    """A whole configuration, read. `vendors` are those that have to be made anew for it."""

    config: Config
    tokens: tuple[tuple[str, str], ...]
    """App and token."""
    paths: dict[str, Path]
    """The file of every vendor that it means."""
    vendors: dict[str, ReadVendor]
    routes: WebhookRoutes
    sealing: SealingKeys


def vendor_files(config: Config) -> dict[str, Path]:
    """The files of the vendors that a configuration means: those under `use`, or every one that is found.

    Raises UsageError where one is not found, or none is.
    """
    paths = find_vendors(config.vendors)
    for name in config.use:
        if name not in paths:
            raise UsageError(f"use.{name}: there is no vendor file of this name{nearest(name, paths)}")
    names = sorted(config.use or paths)
    if not names:
        raise UsageError("no vendor file was found; write adapters/<vendor>/vendor.yaml, or say where with `vendors`")
    return {name: paths[name] for name in names}


def read_vendor(name: str, path: Path) -> ReadVendor:
    """A vendor's file and document. Raises UsageError where they cannot be used or a rule is broken."""
    loaded, document = load_checked(path, name)
    return ReadVendor(loaded, document, plan_vendor(loaded, document))


def reason_left_out(config: Config, loaded: LoadedVendor, environ: Mapping[str, str]) -> str:
    """The reason why a vendor that nobody named is not served: its secret is not there. Empty where it is served."""
    if config.use:
        return ""
    try:
        resolve(loaded.vendor.facts.auth.secret, environ)
    except UsageError as error:
        return str(error)
    return ""


def use_of(config: Config, name: str) -> VendorUse:
    """The settings of a vendor in tidegate.yaml."""
    return config.use.get(name, VendorUse())


def tokens_of(config: Config, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The apps and their tokens. Raises UsageError where one cannot be read."""
    return tuple((token.app, resolve(token.token, environ).reveal()) for token in config.tokens)


def sealing_of(config: Config, environ: Mapping[str, str]) -> SealingKeys:
    """The keys that seal, none where there is no `sealing`. Raises UsageError where one cannot be read."""
    if config.sealing is None:
        return NO_KEYS
    keys: list[bytes] = []
    for reference in config.sealing.keys:
        key = sealing_key(resolve(reference, environ).reveal())
        if key is None:
            raise UsageError(f"sealing.keys: {reference}: it is not 32 bytes in base64 (openssl rand -base64 32)")
        if key in keys:
            raise UsageError(f"sealing.keys: {reference}: this key stands there twice")
        keys.append(key)
    try:
        return SealingKeys(keys)
    except UnsupportedAlgorithm:
        raise UsageError(f"sealing: {NO_CIPHER}") from None


def read_config(file: Path, before: Config) -> Config:
    """Read tidegate.yaml anew. Raises UsageError where it is wrong, or changes a key that needs a restart."""
    config = load_config(file)
    keys = [key for key in RESTART_KEYS if _value(config, key) != _value(before, key)]
    if keys:
        named = ", ".join(keys)
        raise UsageError(f"{named}: a running Tidegate cannot change this; restart it, or write what was there before")
    return config


def read_vendors(
    config: Config, served: Mapping[str, Upstream], known: Mapping[str, Path], environ: Mapping[str, str]
) -> ReadConfig:
    """Read the vendors that a configuration means and that are not served yet as it means them.

    `known` are the files that were found before: one of them that is not served was left out, and stays so until it
    changes. Raises UsageError where a file cannot be used.
    """
    paths, vendors = vendor_files(config), {}
    for name, path in paths.items():
        upstream = served.get(name)
        if upstream is not None and upstream.loaded.path == path:
            if use_of(config, name) != upstream.use:
                plans = plan_vendor(upstream.loaded, upstream.document)
                vendors[name] = ReadVendor(upstream.loaded, upstream.document, plans)
        elif config.use or known.get(name) != path:
            read = read_vendor(name, path)
            if upstream is not None or not reason_left_out(config, read.loaded, environ):
                vendors[name] = read
    facts = {name: upstream.facts.webhooks for name, upstream in served.items() if name in paths}
    facts |= {name: read.loaded.vendor.facts.webhooks for name, read in vendors.items()}
    routes, sealing = webhook_routes(config, facts, environ), sealing_of(config, environ)
    return ReadConfig(config, tokens_of(config, environ), paths, vendors, routes, sealing)


def flaws_of_routes(config: Config) -> list[str]:
    """What is wrong with the routes of webhooks, without a look at any secret. Raises UsageError."""
    paths, facts = vendor_files(config), {}
    for name in {source.vendor for source in (config.inbox.sources if config.inbox else {}).values()} & {*paths}:
        facts[name] = load_vendor(paths[name]).vendor.facts.webhooks
    known = {**dict.fromkeys(paths), **facts}
    return list(route_flaws(config, known))


def unsealed_of(config: Config) -> list[str]:
    """The vendors that somebody named or wrote, whose personal data would be stored as it is: there is no key.

    Raises UsageError where a vendor's file cannot be read.
    """
    if config.sealing is not None:
        return []
    paths = vendor_files(config)
    wanted = {*config.use} or {*own_vendors(config.vendors)}
    return [name for name in paths if name in wanted and load_vendor(paths[name]).vendor.facts.personal_data]


def routes_with(
    config: Config, served: Mapping[str, Upstream], changed: LoadedVendor, environ: Mapping[str, str]
) -> WebhookRoutes:
    """The routes of webhooks once a vendor's file has changed. Raises UsageError where a secret cannot be read."""
    facts = {name: upstream.facts.webhooks for name, upstream in served.items()}
    return webhook_routes(config, facts | {changed.vendor.vendor: changed.vendor.facts.webhooks}, environ)


def _value(config: Config, key: str) -> object:
    value: object = config
    for part in key.split("."):
        value = getattr(value, part, None)
    return value
