"""What the faults of a played scenario met, and which of them never happened.

Pure: whoever played the scenario counted. It judges no promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.scenario.fault import Fault


@dataclass(frozen=True, slots=True)
class FaultCount:
    """The targets (requests, webhooks or events) that one fault met, and those that it hit."""

    met: int
    hit: int


def never_happened(
    faults: Sequence[Fault], counts: Sequence[FaultCount | None], wanted: Sequence[tuple[float, float]]
) -> list[str]:
    """A sentence for each fault that hit nothing. `counts` are None for faults that hit no targets.

    Such a one (an outage, a slow wire) needs somebody who wanted something while it lasted: `wanted` has from when to
    when, in seconds, each call was wanted.
    """
    sentences = []
    for number, (fault, count) in enumerate(zip(faults, counts, strict=True), 1):
        if count is None:
            idle = not any(_meets(fault, *span) for span in wanted)
            why = "while it lasted nobody wanted anything" if idle else ""
        elif count.hit:
            why = ""
        else:
            targets = "webhooks" if fault.of_webhooks else "targets"
            why = f"it met {count.met:,} {targets}, and hit none" if count.met else f"it met no {targets[:-1]}"
        if why:
            sentences.append(f"fault {number} ({fault.kind}) never happened: {why}")
    return sentences


def _meets(fault: Fault, from_s: float, until_s: float) -> bool:
    """True where somebody wanted something while the fault lasted."""
    return until_s >= fault.begin and (fault.end_s is None or from_s < fault.end_s)
