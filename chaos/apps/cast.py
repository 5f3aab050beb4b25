"""The cast of a run about somebody's own vendors: the vendors, and the stories in which they are asked.

Everything in it comes from vendor files, their documents and a scenario's requests. It plays nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import ip_address
from typing import Final

from tidegate.chaos.apps.drawn_stories import DrawnSource, DrawnStory, stories_of
from tidegate.drawing.request_drawer import RequestDrawer
from tidegate.drawing.supplies import Supplies
from tidegate.openapi.document import Document, Operation
from tidegate.plan.planning import plan_vendor
from tidegate.scenario.load import GivenRequest
from tidegate.vendor.vendor_file import LoadedVendor

FIRST_ADDRESS: Final = ip_address("198.51.100.16")
VENDORS_MAX: Final = 16
"""Vendors of one run: each is a machine of its own."""

SEED: Final = 1
"""Of what is drawn where a tag does not say it all."""


@dataclass(frozen=True)
class CastVendor:
    """A vendor of the cast."""

    loaded: LoadedVendor
    document: Document
    address: str
    sources: tuple[DrawnSource, ...]
    """What is asked for."""
    known: tuple[DrawnSource, ...]
    """What could be: some of it supplies names for others."""
    supplies: Supplies

    @property
    def name(self) -> str:
        """Its name, as apps have it."""
        return self.loaded.vendor.vendor


@dataclass(frozen=True)
class Cast:
    """The vendors by their names, and the sources that are asked for. `undrawn`: why others, named so too, are not."""

    vendors: Mapping[str, CastVendor]
    undrawn: Mapping[str, str] = field(default_factory=dict)
    placed: frozenset[str] = frozenset()
    """Sources, named `vendor source`, about things that no request makes: they must be put there."""

    @cached_property
    def weighted(self) -> Mapping[str, int]:
        """The weight of each story of what is asked for, among those of its source."""
        asked = {(vendor.name, source.name) for vendor in self.vendors.values() for source in vendor.sources}
        told = ((name, weight, story.vendor, story.drawn.name) for name, weight, story in self._all)
        return {name: weight for name, weight, vendor, source in told if (vendor, source) in asked}

    @cached_property
    def stories(self) -> Mapping[str, DrawnStory]:
        """Every story by its name, of all that could be asked for."""
        return {name: story for name, _, story in self._all}

    @cached_property
    def _all(self) -> list[tuple[str, int, DrawnStory]]:
        several = len(self.vendors) > 1
        return [
            told
            for vendor in self.vendors.values()
            for source in vendor.known
            for told in stories_of(source, several=several)
        ]

    @property
    def addresses(self) -> Mapping[str, str]:
        """The vendors' addresses, by name."""
        return {name: vendor.address for name, vendor in self.vendors.items()}

    def only(self, sources: Iterable[str], undrawn: Mapping[str, str], placed: Iterable[str] = ()) -> "Cast":
        """With these sources alone, named `vendor source`; of which some are `placed`."""
        kept = {*sources}
        vendors = {
            name: replace(one, sources=tuple(part for part in one.sources if f"{name} {part.name}" in kept))
            for name, one in self.vendors.items()
        }
        return Cast(vendors, undrawn, frozenset(placed))


def cast_of(parts: Sequence[tuple[LoadedVendor, Document]], given: Mapping[str, GivenRequest]) -> Cast:
    """The cast of these vendors, with every operation of theirs, and every request that is given for one."""
    vendors = {
        loaded.vendor.vendor: _vendor(loaded, document, str(FIRST_ADDRESS + n), given)
        for n, (loaded, document) in enumerate(parts)
    }
    return Cast(vendors)


def _vendor(loaded: LoadedVendor, document: Document, address: str, given: Mapping[str, GivenRequest]) -> CastVendor:
    plans, drawer = plan_vendor(loaded, document), RequestDrawer(document, SEED)
    own = {name: request for name, request in given.items() if request.operation in document.operations}
    asked: list[tuple[str, Operation, GivenRequest | None]] = [
        *((name, document.operations[request.operation], request) for name, request in own.items()),
        *((one.id, one, None) for one in document.operations.values() if one.id not in own),
    ]
    sources = tuple(
        DrawnSource(name, loaded.vendor, operation, plans[operation.id], drawer, request)
        for name, operation, request in asked
    )
    return CastVendor(loaded, document, address, sources, sources, Supplies(document, drawer, own))
