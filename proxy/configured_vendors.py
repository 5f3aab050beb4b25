"""The vendors that a configuration means, and what their files say: read and judged whole before they come into force.

It only reads. What is put in force, and when, is tidegate.proxy.reload.reload's matter; a start that fails is shown by
`tidegate serve`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tidegate.check.checking import load_checked
from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_vendor
from tidegate.problems import UsageError
from tidegate.proxy.config import Config, VendorUse, load_config
from tidegate.proxy.upstream.credential import resolve
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor_file import LoadedVendor

RESTART_KEYS = (
    "listen", "admin", "store", "headers_max_bytes", "head_timeout", "connections_max", "source_connections_max",
    "transport", "telemetry.log", "telemetry.otlp",
)  # fmt: skip
"""Keys of tidegate.yaml that are read when Tidegate starts, and not again: a change needs a restart."""


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


@dataclass(frozen=True, slots=True)
class ReadConfig:
    """A whole configuration, read. `vendors` are those that have to be made anew for it."""

    config: Config
    tokens: tuple[tuple[str, str], ...]
    """App and token."""
    paths: dict[str, Path]
    """The file of every vendor that it means."""
    vendors: dict[str, ReadVendor]


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
    return ReadConfig(config, tokens_of(config, environ), paths, vendors)


def _value(config: Config, key: str) -> object:
    value: object = config
    for part in key.split("."):
        value = getattr(value, part)
    return value
