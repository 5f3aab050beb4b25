"""TG111: settings for reads stand under a read, those for writes under a write.

A setting under an id must mean something for that operation; one under a pattern, for one of those that match.
"""

from collections.abc import Iterator

from tidegate.check.judged_vendor import JudgedVendor
from tidegate.configfile.rule import Breach, rule
from tidegate.plan.plan import OperationPlan
from tidegate.policy.plan_values import SAFE, sources_of

_FOR_READS = sorted(
    {
        str(source.entry[0])
        for name, source in sources_of(OperationPlan).items()
        if source.for_reads and name != "static"  # stands under `unavailable`, which writes have too: TG009 looks at it
    }
)


_FOR_WRITES = ("defer", "lookup")


@rule("TG111", "a setting fits its operation", JudgedVendor)
def check_reads(judged: JudgedVendor) -> Iterator[Breach]:
    """No setting for reads is under writes alone, and no cache under anything but GET."""
    for name, settings in judged.vendor.operations.items():
        meant = judged.meant_by(name)
        reads = [plan for plan in meant if plan.method in SAFE]
        for key in _FOR_READS:
            if meant and not reads and getattr(settings, key) is not None:
                text = f"{key} is for reads, and {name} changes something"
                yield Breach(("operations", name, key), text)
        for key in _FOR_WRITES:
            if meant and len(reads) == len(meant) and getattr(settings, key) is not None:
                yield Breach(("operations", name, key), f"{key} is for writes, and {name} changes nothing")
        if settings.cache is not None and reads and all(plan.method != "GET" for plan in reads):
            yield Breach(("operations", name, "cache"), f"only answers to GET are kept, and {name} is no GET")
