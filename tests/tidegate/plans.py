"""The plans and the broken rules of the small vendor in tests.tidegate.files, with changes made to its file."""

from pathlib import Path

from tests.tidegate.files import put
from tidegate.check.rulebook import check
from tidegate.configfile.finding import Finding
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_vendor
from tidegate.vendor.vendor_file import load_vendor, read_vendor

Change = tuple[str, str]

POST = "Post*: {idempotency: vendor-key}"
"""The only entry of `operations` in the file."""
LIMIT = "    - {name: account, rate: 100/s, burst: 20}\n"
"""The only limit in the file."""


def plans(folder: Path, *changes: Change) -> dict[str, OperationPlan]:
    """The plan of each operation. The file may break rules, but not its form."""
    loaded = load_vendor(put(folder, *changes))
    return plan_vendor(loaded, Document.load(loaded.document_path))


def planned(folder: Path, policy: str = "", entry: str = "", operation: str = "GetOrder") -> OperationPlan:
    """The plan of one operation, with a line added to `policy`, and an entry of its own in `operations`."""
    changes = [("policy:\n", f"policy:\n  {policy}\n")] if policy else []
    changes += [(POST, f"{POST}\n  {operation}: {{{entry}}}")] if entry else []
    return plans(folder, *changes)[operation]


def findings(folder: Path, *changes: Change) -> list[Finding]:
    """Every broken rule."""
    loaded = read_vendor(put(folder, *changes)).loaded
    assert loaded is not None
    return check(loaded, Document.load(loaded.document_path))


def broken(folder: Path, *changes: Change) -> list[tuple[str, str]]:
    """Code and path of every broken rule."""
    return [(finding.code, finding.path) for finding in findings(folder, *changes)]
