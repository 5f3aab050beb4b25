"""A new vendor, whole: its folder is made beside, rehearsed and checked, and put in its place at once or not at all.

What is there is never changed: a folder of that name is an error, and one that appears meanwhile stays as it is.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.check.checking import check_file
from tidegate.configfile.finding import Finding
from tidegate.openapi.document import Document
from tidegate.plan.planning import plan_vendor
from tidegate.policy.deferral.defer import defers
from tidegate.problems import UsageError
from tidegate.scaffold.adapter_text import AdapterNames, adapter_text
from tidegate.scaffold.answers import VendorAnswers
from tidegate.scaffold.call_shape import CallShape, CallShapes
from tidegate.scaffold.consumer_text import SCENARIO, consumer_text
from tidegate.scaffold.document_credential import document_credentials
from tidegate.scaffold.rehearsal import RehearsedCall, rehearse
from tidegate.scaffold.scenario_text import scenario_text
from tidegate.scaffold.used_operations import candidate_calls, named_calls
from tidegate.scaffold.vendor_text import VendorWriter
from tidegate.vendor.presumed.presumed_facts import presumed
from tidegate.vendor.vendor_file import load_vendor

GOOD_ENOUGH = 2
"""A round of calls of which so many succeed is taken."""


@dataclass(frozen=True, slots=True)
class NewVendor:
    """What was made: its folder, the calls of its adapter, and what `tidegate check` says of it."""

    folder: Path
    calls: tuple[RehearsedCall, ...]
    findings: tuple[Finding, ...]


def create_vendor(answers: VendorAnswers, spec: Path, parent: Path) -> NewVendor:
    """Make the folder of a vendor in `parent`. Raises UsageError, and leaves nothing behind, where that cannot be."""
    target = parent / answers.vendor
    refuse_existing(target)
    document = Document.load(spec)
    if not document.operations:
        raise UsageError(f"{spec}: the document has no operations")
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=parent) as home:
        draft = _Draft(answers, document, spec, Path(home) / answers.vendor)
        made = draft.make(target)
        refuse_existing(target)
        draft.folder.rename(target)
    return made


def refuse_existing(target: Path) -> None:
    """Raise UsageError where there is something already."""
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target}: it is there already, and nothing is overwritten; choose another name or --output")


class _Draft:
    """The folder while it is made."""

    def __init__(self, answers: VendorAnswers, document: Document, spec: Path, folder: Path) -> None:
        self._answers, self._document, self._spec, self.folder = answers, document, spec, folder
        self._facts = presumed(document).vendor.facts
        self._shapes = CallShapes(document, self._facts)
        self._names = AdapterNames(answers.vendor, key_header(answers, document))
        self._writer = VendorWriter(answers, document, self._facts, spec.name)

    def make(self, target: Path) -> NewVendor:
        """Write every file."""
        self.folder.mkdir()
        document_name = self._place_document()
        rehearsed = self._rehearsed(document_name)
        calls, notes = [one.call for one in rehearsed], [_note(one) for one in rehearsed if one.failure]
        self._write_vendor(document_name, calls, notes)
        self._write(
            f"test_{self._names.module}.py", consumer_text(self._names, self._spec.name, rehearsed, self._deferred())
        )
        self._write(SCENARIO, scenario_text(self._answers.vendor, calls))
        findings = check_file(self.folder / "vendor.yaml", self._answers.vendor, validate_document=False)
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            raise UsageError("\n".join(f"the new vendor file would break a rule: {error}" for error in errors))
        if document_name.startswith(".."):  # as seen from where the folder will be
            self._write_vendor(os.path.relpath(self._spec.resolve(), target.resolve()), calls, notes)
        return NewVendor(target, tuple(rehearsed), tuple(findings))

    def _rehearsed(self, document_name: str) -> list[RehearsedCall]:
        """The calls that the adapter begins with, each rehearsed."""
        if self._answers.operations:
            calls = named_calls(self._document, self._shapes, self._answers.operations)
            return self._rehearse(document_name, calls)
        rounds = candidate_calls(self._document, self._shapes)
        tried = self._rehearse(document_name, [call for calls in rounds for call in calls])
        by_name: Mapping[str, RehearsedCall] = {one.call.name: one for one in tried}
        best: list[RehearsedCall] = []
        for calls in rounds:
            good = [by_name[call.name] for call in calls if not by_name[call.name].failure]
            best = max(best, good, key=len)
            if len(best) >= max(GOOD_ENOUGH, len(calls) - 1):
                break
        if not best:
            raise UsageError("no call of this document succeeds with the simulator; name operations with --operation")
        # What is left out changes names, so the ones that stay are rehearsed as they will be.
        shapes = CallShapes(self._document, self._facts)
        return self._rehearse(document_name, [shapes.of(one.call.operation) for one in best])

    def _rehearse(self, document_name: str, calls: list[CallShape]) -> list[RehearsedCall]:
        self._write_vendor(document_name, calls, [])
        self._write(f"{self._names.module}.py", adapter_text(self._names, self._spec.name, calls, self._deferred()))
        return rehearse(self.folder, self._names, calls)

    def _deferred(self) -> frozenset[str]:
        """The operations that the vendor file lets Tidegate carry out later."""
        plans = plan_vendor(load_vendor(self.folder / "vendor.yaml"), self._document)
        return frozenset(name for name, plan in plans.items() if defers(plan) and plan.defer.when != "never")

    def _write_vendor(self, document_name: str, calls: list[CallShape], notes: list[str]) -> None:
        self._write("vendor.yaml", self._writer.write(document_name, calls, notes).text)

    def _place_document(self) -> str:
        """Put the document beside the vendor file; one that refers to other files stays where it is."""
        if _refers_elsewhere(self._document.root):
            return os.path.relpath(self._spec.resolve(), self.folder.resolve())
        name = f"openapi{self._spec.suffix if self._spec.suffix in ('.json', '.yaml', '.yml') else '.json'}"
        shutil.copyfile(self._spec, self.folder / name)
        return name

    def _write(self, name: str, text: str) -> None:
        with (self.folder / name).open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def key_header(answers: VendorAnswers, document: Document) -> str:
    """The header of the vendor's key, by the answers or the document."""
    scheme, _, place = answers.auth.partition(":")
    if not scheme:
        found = document_credentials(document)
        scheme, place = (found[0].scheme, found[0].place) if found else ("bearer", "")
    return place or "Authorization" if scheme == "header" else "Authorization"


def _note(one: RehearsedCall) -> str:
    return f"{one.call.name} in the adapter: its sample request ended as {one.failure}: {one.says[:200]}"


def _refers_elsewhere(root: Any) -> bool:
    """True where a `$ref` of a document leads to another file."""
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#") and "://" not in reference:
                return True
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return False
