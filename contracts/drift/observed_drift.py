"""What a running proxy has observed of a vendor's answers, graded by the pacts and made a report.

The findings come as JSON from a proxy's admin port; what they are is tidegate.drift.vendor_watch's matter.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.contracts.drift.drift_report import DriftFinding, DriftReport, Grade, sorted_findings
from tidegate.contracts.drift.use.pact_use import PactUse
from tidegate.drift.change_kinds import KINDS

FINDINGS_MAX = 10_000
FEW = 200
"""With fewer answers nothing can be said of their meaning, and that is told."""


def observed_drift(vendor: str, observed: Mapping[str, Any], uses: Mapping[str, Sequence[PactUse]]) -> DriftReport:
    """The report of a vendor. `uses` are by operation."""
    findings = [graded_finding(one, uses) for one in observed["findings"][:FINDINGS_MAX]]
    untried = () if observed["answers"] else (f"no answer of {vendor} was looked at yet",)
    total = sum(map(len, uses.values()))
    return DriftReport(f"{vendor}'s document and earlier answers", f"{observed['answers']} answers",
                       sorted_findings(findings), total, untried)  # fmt: skip


def graded_finding(one: Mapping[str, Any], uses: Mapping[str, Sequence[PactUse]]) -> DriftFinding:
    """A finding of a vendor's answers by its grade."""
    kind, operation, pointer = KINDS.get(str(one["kind"])), str(one["operation"]), str(one["pointer"])
    own = uses.get(operation, ())
    broken = [use for use in own if kind is not None and _breaks(kind.breaks, use, one["status"], pointer)]
    grade: Grade = "error" if broken else "warning" if own else "notice"
    name = pointer.rpartition("/")[2] or "the answer"
    says = f"{name}: {one['says']}" if one["source"] == "document" else f"{name} {one['says']}"
    return DriftFinding(
        grade, str(one["kind"]), f"{operation or 'an unlisted operation'} response {one['status']} {pointer or '/'}",
        says if one["source"] == "answers" else f"{says} (in {one['count']} of the answers looked at)",
        tuple(use.title for use in broken or own), one,
    )  # fmt: skip


def _breaks(how: str, use: PactUse, status: int, pointer: str) -> bool:
    if use.status != status or not reads(use.answer, pointer.partition(" ")[0]):
        return False
    return how == "always" or (how == "value" and not use.is_loose(pointer))


def reads(answer: Any, pointer: str) -> bool:
    """Whether a pact's answer has something at a pointer, `*` for any item."""
    here = [answer]
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        inner: list[Any] = []
        for value in here:
            if isinstance(value, list):
                inner += value
            elif isinstance(value, Mapping) and name in value:
                inner.append(value[name])
        here = inner
    return bool(here)
