"""A vendor file as the rules look at it: typed values, and the plans of its operations."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tidegate.configfile.yaml_places import Loc
from tidegate.plan.operation_pattern import matches
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import settings_for
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import LoadedVendor


@dataclass(frozen=True)
class JudgedVendor:
    """A vendor file and its plans."""

    loaded: LoadedVendor
    plans: Mapping[str, OperationPlan]
    """By operation id; empty where the document could not be read."""
    documented: bool = True
    """False where the document could not be read: nothing is known of its operations then."""

    @property
    def vendor(self) -> Vendor:
        """The typed vendor file."""
        return self.loaded.vendor

    def entry_of(self, plan: OperationPlan, key: str) -> str | None:
        """The entry of `operations` that sets a key for an operation; None where none does."""
        for name, settings in settings_for(self.loaded, plan.operation):
            if getattr(settings, key) is not None:
                return name
        return None

    def place_of(self, plan: OperationPlan, entry: Loc, policy: Loc) -> Loc:
        """The path at which an effective value of an operation is written: in its entry, else in the policy."""
        for name, settings in settings_for(self.loaded, plan.operation):
            here: object = settings
            for step in entry:
                here = getattr(here, str(step), None)
            if entry and here is not None:
                return ("operations", name, *entry)
        return ("policy", *policy)

    def meant_by(self, name: str) -> list[OperationPlan]:
        """The plans of the operations that an id or a pattern means."""
        return [plan for plan in self.plans.values() if plan.operation == name or matches(name, plan.operation)]

    def distinct(self, names: Collection[str]) -> Iterator[OperationPlan]:
        """One plan for each different set of values and origins: a mistake in the policy is one finding, not 400."""
        seen = set()
        for plan in self.plans.values():
            key = tuple((getattr(plan, name), plan.origins.get(name)) for name in names)
            if key not in seen:
                seen.add(key)
                yield plan


def listed(names: list[str]) -> str:
    """Up to three names, and how many more there are."""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest
