"""The vendors that a configuration means, and what their files say: read and judged whole before they come into force.

It only reads. What is put in force, and when, is tidegate.proxy.reload.reload's matter; a start that fails is shown by
`tidegate serve`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm

from tidegate.check.checking import load_checked
from tidegate.configfile.units import SecretRef
from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_vendor
from tidegate.problems import UsageError
from tidegate.proxy.access.access_flaws import access_flaws, check_access
from tidegate.proxy.config import AdminToken, AppToken, Config, VendorUse, load_config
from tidegate.proxy.credentials.secret_reference import resolve, resolve_good
from tidegate.proxy.identity.token_hash import CallerTokens, KnownToken
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.policies.residency.tokens import Tokens
from tidegate.proxy.policies.residency.vendor_residency import VendorResidency, region_of, token_keys
from tidegate.proxy.secrecy.placeholder_grants import PlaceholderGrant, PlaceholderGrants
from tidegate.proxy.store.sealed.seal import NO_KEYS
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, sealing_key
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.webhook_routes import WebhookRoutes, route_flaws, webhook_routes
from tidegate.vendor.search_path import find_vendors, own_vendors
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

RESTART_KEYS = (
    "listen", "admin", "tls", "socket", "store", "headers_max_bytes", "head_timeout", "connections_max",
    "source_connections_max", "transport", "secrets", "telemetry.log", "telemetry.otlp",
    "telemetry.metrics_every", "inbox.listen", "inbox.connections_max", "forward.listen",
)  # fmt: skip
"""Keys of tidegate.yaml that are read when Tidegate starts, and not again: a change needs a restart."""


NO_KEY_OF_TOKENS = "32 bytes in base64 (openssl rand -base64 32)"
NO_CIPHER = "the OpenSSL under this Python's cryptography has no AES-256-GCM-SIV; it needs 3.2, which the wheel brings"


def residency_rules(config: Config) -> ResidencyRules:
    """The rules of where data may go."""
    homes = {name: app.region for name, app in config.apps.items() if app.region is not None}
    return ResidencyRules(config.residency, homes, config.region or "")


def residency_watch(config: Config) -> ResidencyWatch:
    """The rules in force when Tidegate starts, and nothing counted yet."""
    return ResidencyWatch(residency_rules(config))


def residency_of(
    loaded: LoadedVendor, use: VendorUse, environ: Mapping[str, str], watch: ResidencyWatch
) -> VendorResidency:
    """What residency means for a vendor. Raises UsageError where the key of its tokens cannot be read."""
    vendor, tokens, secrets = loaded.vendor, dict[SecretRef, Tokens](), list[str]()
    for reference in token_keys(vendor.policy.data, [settings.data for settings in vendor.operations.values()]):
        written = resolve(reference, environ).reveal()
        key = sealing_key(written)
        if key is None:
            raise UsageError(f"{loaded.path}: token_key: {reference}: it is not {NO_KEY_OF_TOKENS}")
        tokens[reference] = Tokens(key)
        secrets.append(written)
    region = region_of(vendor.facts, use.base_url or vendor.facts.base_url, use.region)
    return VendorResidency(watch, region, tokens, tuple(secrets))


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
    tokens: CallerTokens | None = None
    """Tokens; None for those that are in force."""
    put: tuple[tuple[Upstream, dict[str, OperationPlan]], ...] = ()
    gone: tuple[str, ...] = ()
    routes: WebhookRoutes | None = None
    """Those of webhooks; None for those that are in force."""
    sealing: SealingKeys | None = None
    """The keys that seal; None for those that are in force."""
    placeholders: PlaceholderGrants | None = None
    """Those that apps may use; None for those that are in force."""


@dataclass(frozen=True, slots=True)
class ReadConfig:
    """A whole configuration, read. `vendors` are those that have to be made anew for it."""

    config: Config
    tokens: CallerTokens
    paths: dict[str, Path]
    """The file of every vendor that it means."""
    vendors: dict[str, ReadVendor]
    routes: WebhookRoutes
    sealing: SealingKeys
    placeholders: PlaceholderGrants

    def change(self, put: Iterable[tuple[Upstream, dict[str, OperationPlan]]], gone: tuple[str, ...]) -> ConfigChange:
        """The change that puts it in force, once its vendors are made."""
        return ConfigChange(
            self.config, self.tokens, tuple(put), gone, self.routes, self.sealing, placeholders=self.placeholders
        )


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
    secret = loaded.vendor.facts.auth.secret
    if config.use or (secret.remote and getattr(config.secrets, secret.source) is not None):
        return ""
    try:
        auth = loaded.vendor.facts.auth
        for one in auth.secrets.values() or (secret,):
            resolve(one, environ)
    except UsageError as error:
        return str(error)
    return ""


def use_of(config: Config, name: str) -> VendorUse:
    """The settings of a vendor in tidegate.yaml."""
    return config.use.get(name, VendorUse())


def tokens_of(config: Config, environ: Mapping[str, str]) -> CallerTokens:
    """The tokens of apps, and those for the admin port. Raises UsageError where one cannot be read, or names two."""
    return CallerTokens(
        tuple(known for one in config.tokens for known in _known(one.app, one, environ)),
        tuple(known for one in config.admin_tokens for known in _known(one.name, one, environ)),
    ).unshared()


def _known(name: str, written: AppToken | AdminToken, environ: Mapping[str, str]) -> list[KnownToken]:
    """What a line of tokens means: a hash, or every value of a reference that is good now."""
    expires = math.inf if written.expires is None else written.expires
    if written.token is None:
        return [KnownToken(name, "", written.hash, expires)]
    return [KnownToken(name, good.reveal(), None, expires) for good in resolve_good(written.token, environ)]


def placeholders_of(config: Config, environ: Mapping[str, str]) -> PlaceholderGrants:
    """The placeholders that apps may use. Raises UsageError where a secret cannot be read."""
    return PlaceholderGrants(
        PlaceholderGrant(name, resolve(use.secret, environ), frozenset(use.apps), frozenset(map(str.lower, use.hosts)))
        for name, use in config.placeholders.items()
    )


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
    if before.sealing is not None and config.sealing is None:
        raise UsageError("sealing: what is sealed in the store could not be opened any more; keep its keys, or restart")
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
    paths, vendors, rules = vendor_files(config), {}, residency_rules(config)
    for name, path in paths.items():
        upstream = served.get(name)
        if upstream is not None and upstream.loaded.path == path:
            if use_of(config, name) != upstream.use or rules != upstream.residency.watch.rules:
                plans = plan_vendor(upstream.loaded, upstream.document)
                vendors[name] = ReadVendor(upstream.loaded, upstream.document, plans)
        elif config.use or known.get(name) != path:
            read = read_vendor(name, path)
            if upstream is not None or not reason_left_out(config, read.loaded, environ):
                refuse_unsealed(config, read.loaded, upstream)
                vendors[name] = read
    documents = {name: upstream.document for name, upstream in served.items() if name in paths}
    check_access(config, paths, documents | {name: read.document for name, read in vendors.items()})
    facts = {name: upstream.facts.webhooks for name, upstream in served.items() if name in paths}
    facts |= {name: read.loaded.vendor.facts.webhooks for name, read in vendors.items()}
    routes, sealing = webhook_routes(config, facts, environ), sealing_of(config, environ)
    grants = placeholders_of(config, environ)
    return ReadConfig(config, tokens_of(config, environ), paths, vendors, routes, sealing, grants)


def flaws_of_routes(config: Config) -> list[str]:
    """What is wrong with the routes of webhooks, without a look at any secret. Raises UsageError."""
    paths, facts = vendor_files(config), {}
    for name in {source.vendor for source in (config.inbox.sources if config.inbox else {}).values()} & {*paths}:
        facts[name] = load_vendor(paths[name]).vendor.facts.webhooks
    known = {**dict.fromkeys(paths), **facts}
    return list(route_flaws(config, known))


def flaws_of_access(config: Config) -> list[str]:
    """What is wrong with who may call, and what each may do. Raises UsageError where a vendor cannot be read."""
    paths = vendor_files(config)
    named = {vendor for app in config.apps.values() for lists in (app.allow, app.approve) if isinstance(lists, dict)
             for vendor in lists} | {name for name, use in config.use.items() if use.approve}  # fmt: skip
    documents = {name: Document.load(load_vendor(paths[name]).document_path) for name in named & {*paths}}
    return list(access_flaws(config, paths, documents))


def unsealed_of(config: Config) -> list[str]:
    """The vendors that somebody named or wrote, whose personal data would be stored as it is: there is no key.

    Raises UsageError where a vendor's file cannot be read.
    """
    if config.sealing is not None:
        return []
    paths = vendor_files(config)
    wanted = {*config.use} or {*own_vendors(config.vendors)}
    return [name for name in paths if name in wanted and load_vendor(paths[name]).vendor.facts.personal_data]


def refuse_unsealed(config: Config, loaded: LoadedVendor, before: Upstream | None) -> None:
    """Refuse a vendor file that begins to list personal data while nothing seals it. Raises UsageError.

    At a start that is a warning, which somebody reads; at a reload it would be stored as it is, and nobody told.
    """
    begins = bool(loaded.vendor.facts.personal_data) and not (before is not None and before.facts.personal_data)
    if begins and config.sealing is None:
        raise UsageError(
            f"{loaded.path}: facts.personal_data: it begins to list personal data, and tidegate.yaml names no key "
            "under `sealing`, so that would be stored as it is; write sealing first, or restart to go on without"
        )


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
