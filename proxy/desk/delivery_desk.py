"""The desk: what the pages of deliveries stand on, from the parts of a running proxy."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.desk.depth_watch import DepthWatch
from tidegate.proxy.desk.vendor_terms import TermsOf, terms_of
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.store import Store
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import World


@dataclass(slots=True)
class DeliveryDesk:
    """See the module. `redactor` and `vendors` are asked each time: a reload changes them."""

    deliveries: Deliveries
    now: Callable[[], StoreTime]
    redactor: Callable[[], Redactor]
    vendors: Callable[[], Iterable[str]]
    """The names of the vendors that are served."""
    terms: TermsOf
    ids: Random
    """Makes the new keys of what is done anew."""
    depths: DepthWatch


def desk_for(
    world: World,
    store: Store,
    telemetry: Telemetry,
    upstreams: Mapping[str, Upstream],
    plan: Callable[[str, str], OperationPlan | None],
) -> DeliveryDesk:
    """The desk of one proxy. `upstreams` are those in force; `plan` finds an operation's plan by vendor and name."""
    deliveries, clock = store.deliveries, store.clock.now
    return DeliveryDesk(
        deliveries,
        clock,
        lambda: telemetry.redactor,
        lambda: upstreams,
        lambda vendor, operation: terms_of(upstreams.get(vendor), plan(vendor, operation)),
        world.random("new keys"),
        DepthWatch(world, deliveries, clock, telemetry.metrics.deliveries),
    )
