"""TG010: operations that are about to go."""

from collections.abc import Iterator

from tidegate.check.judged_vendor import JudgedVendor
from tidegate.configfile.rule import Breach, rule


@rule("TG010", "a deprecated operation is used", JudgedVendor, severity="warning")
def check_deprecated(judged: JudgedVendor) -> Iterator[Breach]:
    """An operation that the file names is not one that the document marks deprecated."""
    for name in judged.vendor.operations:
        if name in judged.plans and judged.plans[name].deprecated:
            yield Breach(("operations", name), f"the document marks {name} deprecated; plan to leave it")
