"""TG118: what a person has yet to decide is named, until it is decided."""

from collections.abc import Iterator

from tidegate.configfile.rule import Breach, rule
from tidegate.vendor.vendor import Vendor


@rule("TG118", "nothing is left for a person to decide", Vendor, "notice")
def check_undecided(vendor: Vendor) -> Iterator[Breach]:
    """Each line of `undecided` is a notice."""
    for place, line in enumerate(vendor.undecided):
        yield Breach(("undecided", place), f"to be decided: {line}")
