"""Which vendors a configuration means, and what their files say: read and judged whole before anything is put in force.

Only reads. What is put in force, and when, is tidegate.proxy.reload.reload; a start that fails is told by `tidegate
serve`.
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

AT_START = ("listen", "admin", "store", "headers_max_bytes", "transport", "telemetry.log", "telemetry.otlp")
"""Keys of tidegate.yaml that are looked at when Tidegate starts, and not again."""


@dataclass(frozen=True, slots=True)
class ReadVendor:
    """A vendor's file and document, with no rule broken, and what they come to."""

    loaded: LoadedVendor
    document: Document
    plans: dict[str, OperationPlan]


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """What comes into force at once: vendors that are new or have changed, and vendors that are no more."""

    config: Config
    tokens: tuple[tuple[str, str], ...] | None = None
    """App and token; None for those that are in force."""
    put: tuple[tuple[Upstream, dict[str, OperationPlan]], ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadConfig:
    """A whole configuration, read. `reads` are the vendors that have to be made anew for it."""

    config: Config
    tokens: tuple[tuple[str, str], ...]
    places: dict[str, Path]
    reads: dict[str, ReadVendor]


def places(config: Config) -> dict[str, Path]:
    """The vendors that are meant, with their files: those under `use`, or every one that is found.

    Raises UsageError.
    """
    found = find_vendors(config.vendors)
    for name in config.use:
        if name not in found:
            raise UsageError(f"use.{name}: there is no vendor file of this name{nearest(name, found)}")
    names = sorted(config.use or found)
    if not names:
        raise UsageError("no vendor file was found; write adapters/<vendor>/vendor.yaml, or say where with `vendors`")
    return {name: found[name] for name in names}


def read_served(name: str, path: Path) -> ReadVendor:
    """A vendor's file and document. Raises UsageError where they cannot be used or a rule is broken."""
    loaded, document = load_checked(path, name)
    return ReadVendor(loaded, document, plan_vendor(loaded, document))


def why_left_out(config: Config, loaded: LoadedVendor, environ: Mapping[str, str]) -> str:
    """Why a vendor that nobody named is not served: its secret is not there. Empty where it is served."""
    if config.use:
        return ""
    try:
        resolve(loaded.vendor.facts.auth.secret, environ)
    except UsageError as error:
        return str(error)
    return ""


def use_of(config: Config, name: str) -> VendorUse:
    """What tidegate.yaml says of a vendor."""
    return config.use.get(name, VendorUse())


def tokens_of(config: Config, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The apps and their tokens. Raises UsageError where one cannot be read."""
    return tuple((token.app, resolve(token.token, environ).reveal()) for token in config.tokens)


def read_config(file: Path, before: Config) -> Config:
    """tidegate.yaml anew. Raises UsageError where it is wrong, or changes what needs a restart."""
    config = load_config(file)
    keys = [key for key in AT_START if _value(config, key) != _value(before, key)]
    if keys:
        named = ", ".join(keys)
        raise UsageError(f"{named}: a running Tidegate cannot change this; restart it, or write what was there before")
    return config


def read_meant(
    config: Config, served: Mapping[str, Upstream], known: Mapping[str, Path], environ: Mapping[str, str]
) -> ReadConfig:
    """What a configuration means beyond what is served. `known` are the files that were found before.

    Raises UsageError where anything of it cannot be used.
    """
    found, reads = places(config), {}
    for name, path in found.items():
        upstream = served.get(name)
        if upstream is not None and upstream.loaded.path == path:
            if use_of(config, name) != upstream.use:
                plans = plan_vendor(upstream.loaded, upstream.document)
                reads[name] = ReadVendor(upstream.loaded, upstream.document, plans)
        elif config.use or known.get(name) != path:
            read = read_served(name, path)
            if upstream is not None or not why_left_out(config, read.loaded, environ):
                reads[name] = read
    return ReadConfig(config, tokens_of(config, environ), found, reads)


def _value(config: Config, key: str) -> object:
    value: object = config
    for part in key.split("."):
        value = getattr(value, part)
    return value
