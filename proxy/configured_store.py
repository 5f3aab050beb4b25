"""The store that a configuration means: where it is, what it seals, how much may wait in it and how long it stays.

It opens nothing. What is sealed, and how, is tidegate.proxy.store.sealed's matter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tidegate.configfile.units import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.config import Config
from tidegate.proxy.credentials.secret_reference import resolve
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.secrets.remote.last_good import LastGood
from tidegate.proxy.store.deliveries import DeliveryRetention
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealed_store import SealedStore
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, is_sealed
from tidegate.proxy.store.store_choice import store_for
from tidegate.proxy.store_place import passwords_of, place_of
from tidegate.proxy.telemetry.counted_store import CountedStore
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

PLACE_OF_SECRETS = "the last good secrets"
"""What they are sealed for: copied to another place they do not open."""


@dataclass(frozen=True, slots=True)
class ConfiguredStore:
    """A store, not yet open, with what is counted of it and the secrets that lead to it."""

    store: SealedStore
    counts: DeliveryMetrics
    secrets: list[str]


def configured_store(
    world: World,
    config: Config,
    environ: Mapping[str, str],
    keys: SealingKeys,
    upstreams: Mapping[str, Upstream],
) -> ConfiguredStore:
    """The store, whose `upstreams` are asked whether they are personal whenever something is stored.

    Raises UsageError where it cannot be read where it is, StoreError where there is none for that.
    """
    place = _place(config, environ)
    counted = CountedStore(store_for(world, place))
    seal = Seal(world.random("sealing nonces"), keys, lambda name: is_personal(upstreams.get(name)))
    store = SealedStore(counted, seal)
    return ConfiguredStore(store, counted.counts, [*passwords_of(place), *keys.secrets])


def last_good_of(world: World, path: Path, keys: SealingKeys, said: Callable[[str], object]) -> LastGood:
    """The last good secrets of other machines, in this file, sealed with these keys. `said` tells a person."""
    nonces = world.random("nonces of kept secrets")

    def opened(data: bytes) -> bytes | None:
        found = keys.opened(data, PLACE_OF_SECRETS) if is_sealed(data) else None
        return found if isinstance(found, bytes) else None

    return LastGood(path, lambda data: keys.sealed(data, PLACE_OF_SECRETS, nonces), opened, said)


def bound(config: Config, store: SealedStore, upstreams: Mapping[str, Upstream]) -> None:
    """Put in force how much may wait, and how long what has ended is kept."""
    store.deliveries.retention = DeliveryRetention(dead_s=config.retention.dead, done_s=config.retention.done)
    outbox = config.outbox
    bounds = BacklogBounds(outbox.backlog_max, outbox.backlog_max_bytes, outbox.backlog_max_age)
    for upstream in upstreams.values():
        upstream.outbox_bounds = bounds


def is_personal(upstream: Upstream | None) -> bool:
    """Whether what is stored for a vendor may hold personal data. Of one that is not served, nobody knows: it may."""
    return upstream is None or bool(upstream.facts.personal_data)


def unsealed_vendors(config: Config, upstreams: Mapping[str, Upstream]) -> list[str]:
    """The vendors whose personal data is stored as it is, because there is no key."""
    return [] if config.sealing else sorted(name for name, upstream in upstreams.items() if is_personal(upstream))


def unsealed_tokens(config: Config, upstreams: Mapping[str, Upstream]) -> list[str]:
    """The vendors whose access and refresh tokens are stored as they are, because there is no key."""
    fetched = (name for name, upstream in upstreams.items() if upstream.facts.auth.tokens is not None)
    return [] if config.sealing else sorted(fetched)


def _place(config: Config, environ: Mapping[str, str]) -> Path | str:
    if not isinstance(config.store, SecretRef):
        return config.store
    try:
        return place_of(resolve(config.store, environ).reveal(), secret=True)
    except ValueError as error:
        raise UsageError(f"store: {config.store}: {error}") from None
