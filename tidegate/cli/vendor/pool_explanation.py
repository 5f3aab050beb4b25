"""The credentials of a vendor that has several, by name, and the limits of each: for `explain`.

References and values are nobody's business here.
"""

from dataclasses import dataclass

from tidegate.plan.bounds import Bound, written_bound
from tidegate.proxy.config import Config
from tidegate.proxy.configured_vendors import use_of
from tidegate.proxy.credentials.provider_choice import members_of
from tidegate.proxy.permits.limit_names import BEYOND_MEMBERS
from tidegate.vendor.vendor import Vendor


@dataclass(frozen=True, slots=True)
class PoolSummary:
    """The members of a pool; what each may do for itself, and what all may do together, in words."""

    members: tuple[str, ...]
    each: tuple[str, ...]
    shared: tuple[str, ...]

    @property
    def rows(self) -> dict[str, str]:
        """Member → its limits, in words."""
        own, together = ", ".join(self.each) or "none of its own", ", ".join(self.shared)
        return dict.fromkeys(self.members, f"{own}; shared: {together}" if together else own)


def pool_of(config: Config, vendor: Vendor) -> PoolSummary | None:
    """The pool that a proxy would make of the same files; None where the vendor has one credential."""
    facts = vendor.facts
    members = tuple(members_of(use_of(config, vendor.vendor), facts.auth))
    if not members:
        return None
    bounds: list[Bound] = [*facts.limits, *facts.quotas, *facts.concurrency]
    each = tuple(written_bound(bound) for bound in bounds if bound.scope not in BEYOND_MEMBERS)
    return PoolSummary(members, each, tuple(written_bound(bound) for bound in bounds if bound.scope in BEYOND_MEMBERS))
