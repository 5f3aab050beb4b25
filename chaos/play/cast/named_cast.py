"""The cast by the names of its vendors, as a command line or a scenario file has them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from tidegate.chaos.apps.cast import VENDORS_MAX, Cast, cast_of
from tidegate.chaos.play.cast.preparation import rehearsed
from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.scenario.load import GivenRequest
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

REASONS_SHOWN = 10
CASTS_MAX = 4


def named_cast(named: Sequence[str], given: Mapping[str, GivenRequest]) -> Cast:
    """The cast of these vendors (names, files or folders), every source of it known, and what cannot be asked for.

    Raises UsageError for a vendor that is not there, or is there twice, and for one without a usable document.
    """
    if len(named) > VENDORS_MAX:
        raise UsageError(f"{len(named)} vendors are too many for one run; {VENDORS_MAX} can be played together")
    parts = [_read(name) for name in named]
    names = [loaded.vendor.vendor for loaded, _ in parts]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"the vendor {name} is named twice; name each once")
    return cast_of(parts, given)


@lru_cache(maxsize=CASTS_MAX)
def searched_cast(named: tuple[str, ...]) -> Cast:
    """The cast of a search: what each vendor carries out when all is calm. Raises UsageError where it is nothing."""
    cast = rehearsed(named_cast(named, {}))
    for name, vendor in cast.vendors.items():
        if not vendor.sources:
            reasons = [f"{source}: {why}" for source, why in cast.undrawn.items() if source.startswith(f"{name} ")]
            raise UsageError(
                f"{vendor.loaded.path}: no operation of {vendor.document.name} could be asked for:\n"
                + "\n".join(f"  {reason}" for reason in reasons[:REASONS_SHOWN])
            )
    return cast


def _read(named: str) -> tuple[LoadedVendor, Document]:
    loaded = load_vendor(find_vendor(named))
    path = loaded.document_path
    if not path.is_file():
        where = loaded.position(("document",))
        raise UsageError(
            f"{loaded.path}:{where.line}:{where.column}: document: there is no file {path}; "
            "a vendor is played from its OpenAPI document: put it there, or write where it is"
        )
    document = Document.load(path)
    if not document.operations:
        raise UsageError(f"{path}: this document has no operation, so nothing can be asked of {loaded.vendor.vendor}")
    return loaded, document
