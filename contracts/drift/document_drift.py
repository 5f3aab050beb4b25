"""Two documents compared, graded by the pacts that use them, and made a report."""

from collections.abc import Sequence
from pathlib import Path

from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.contracts.drift.documents.webhooks import webhooks
from tidegate.contracts.drift.drift_report import DriftFinding, DriftReport
from tidegate.contracts.drift.use.grading import GradedChange, graded, used_operations
from tidegate.contracts.drift.use.pact_use import PactUse, read_uses
from tidegate.contracts.drift.use.used_operation import UsedOperations
from tidegate.openapi.document import Document

NOTHING_USED = "no interaction of the pacts with {} is an operation of {}: nothing can be graded by them"


def document_drift(old: Document, new: Document, uses: Sequence[PactUse], provider: str = "") -> DriftReport:
    """What changed from one document to the other. Of a `provider` that was named, some use must be in the old one."""
    used = used_operations(old, uses)
    comparison = compare(old, new, frozenset(used))
    untried = []
    if provider and not used:
        untried.append(NOTHING_USED.format(provider, old.name))
    elif not any(one.operations or webhooks(one) for one in (old, new)):
        untried.append("neither document has an operation: nothing was compared")
    if comparison.left_out:
        untried.append(f"{comparison.left_out} pairs of schemas were not compared; the documents hold too many")
    findings = tuple(map(_finding, graded(comparison, used)))
    return DriftReport(old.name, new.name, findings, sum(map(len, used.values())), tuple(untried))


def _finding(one: GradedChange) -> DriftFinding:
    change = one.change
    return DriftFinding(one.grade, change.kind.name, change.place, change.sentence, one.pacts, change.document())


def uses_of(document: Document, folder: Path, provider: str = "") -> list[PactUse]:
    """The uses in the pacts of a folder: a provider's, or without one those that are in the document as a whole.

    Raises UsageError where a pact cannot be read.
    """
    uses = read_uses(sorted(folder.glob("*.json")))
    if provider:
        return [use for use in uses if use.provider == provider]
    operations = UsedOperations(document)
    strange = {use.file for use in uses if operations.match(use) is None and not operations.sending(use)}
    return [use for use in uses if use.file not in strange]
