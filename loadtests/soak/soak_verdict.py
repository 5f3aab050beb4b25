"""The judge of a soak: every call of ordinary traffic was answered, and what was counted is back at rest.

Pure: counts go in, promises come out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.loadtests.promise import Promise, PromisesVerdict
from tidegate.loadtests.soak.resources import HeldResources
from tidegate.loadtests.soak.session import SoakCounts
from tidegate.loadtests.soak.soak_course import SoakCourse

SPARE_MAX = 2
"""Connections that stay: a spare that is ready for the next write, and one that is just being made."""
TASKS_MORE = 4
DESCRIPTORS_MORE = 8
"""What may be there after the load and was not before it: a spare, a thread's pipe, a file of the store."""
MEMORY_MORE_BYTES = 48 * 1024 * 1024
"""Growth after the warm-up: what is kept of recent calls is bounded, and full long before the end."""


@dataclass(frozen=True, slots=True)
class SoakVerdict(PromisesVerdict):
    """The verdict on a run: the counts of each stretch by its name, and the promises."""

    vendor: str
    stretches: Mapping[str, SoakCounts]
    before: HeldResources | None
    after: HeldResources | None
    promises: tuple[Promise, ...]
    seconds: float = 0.0
    """The whole run took so long."""
    course: SoakCourse | None = None
    """What pictures are made of."""

    @property
    def inconclusive(self) -> tuple[str, ...]:
        """What did not happen, so that no promise was put to the test."""
        return () if any(one.calls for one in self.stretches.values()) else ("no call was sent",)

    def document(self) -> dict[str, object]:
        """The verdict as plain data."""
        stretches = {
            name: {"calls": one.calls, "left": one.left, "failures": one.failures, "examples": one.examples}
            for name, one in self.stretches.items()
        }
        resources = {
            name: one.document() for name, one in (("before", self.before), ("after", self.after)) if one is not None
        }
        return {"vendor": self.vendor, "stretches": stretches, "resources": resources, **self.outcome()}


def at_rest(before: HeldResources, now: HeldResources) -> bool:
    """True where all that comes to rest by itself has; memory is not among it."""
    return all(promise.held for promise in _rest(before, now)[:-1])


def judge_soak(
    vendor: str,
    stretches: Mapping[str, SoakCounts],
    before: HeldResources | None,
    after: HeldResources | None,
    bugs: Sequence[str],
) -> SoakVerdict:
    """`before` was counted after a warm-up; `bugs` are the lines of the proxy's log that tell one.

    Where nobody could count what is held, at an address that was given, only the answers are judged.
    """
    failures = sum(one.failures for one in stretches.values())
    calls = sum(one.calls for one in stretches.values())
    examples = next((one.examples[0] for one in stretches.values() if one.examples), "")
    answered = Promise("answered", failures == 0, f"{failures} of {calls} calls failed {examples}".rstrip())
    if before is None or after is None:
        return SoakVerdict(vendor, stretches, before, after, (answered,))
    no_bug = Promise("no bug", not bugs, f"{len(bugs)} lines of the log tell a bug {bugs[0] if bugs else ''}".rstrip())
    return SoakVerdict(vendor, stretches, before, after, (answered, no_bug, *_rest(before, after)))


def _rest(before: HeldResources, after: HeldResources) -> tuple[Promise, ...]:
    grown = after.memory_bytes - before.memory_bytes
    descriptors = max(after.descriptors - before.descriptors, after.vendor_descriptors - before.vendor_descriptors)
    return (
        Promise("calls at rest", after.in_flight == after.queued == 0,
                f"{after.in_flight} calls under way, {after.queued} waiting"),
        Promise("connections at rest", after.connections <= SPARE_MAX * after.vendors,
                f"{after.connections} connections to the vendor, {SPARE_MAX * after.vendors} may stay"),
        Promise("tasks at rest", after.tasks <= before.tasks + TASKS_MORE,
                f"{after.tasks} tasks; before the load there were {before.tasks}"),
        Promise("descriptors at rest", descriptors <= DESCRIPTORS_MORE,
                f"{after.descriptors} descriptors of the proxy and {after.vendor_descriptors} of the simulator; "
                f"before the load {before.descriptors} and {before.vendor_descriptors}"),
        Promise("memory at rest", grown <= MEMORY_MORE_BYTES,
                f"{grown / 2**20:.1f} MiB more than before the load, {MEMORY_MORE_BYTES / 2**20:g} may be"),
    )  # fmt: skip
