"""The search for everything unsound in a document: for `tidegate check`, never on the way to a served request.

Every operation's parameters, bodies and answers are read and their schemas compiled, every reference is followed, and
another validator is heard (tidegate.openapi.validation). All of it is warnings: what is unsound is read as far as may
be, and served.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tidegate.json_pointer import token_of
from tidegate.openapi.diagnostic import MEANINGS, Diagnostic, diagnosed
from tidegate.openapi.document import Document, Operation, is_status
from tidegate.openapi.document_file import BEYOND, DocumentError
from tidegate.openapi.references import Outside

VALIDATION_S_MAX = 60.0
"""The other validator gets so long; GitHub's document of 7 MB takes it 10 to 25 seconds of processor time."""

SHOWN_MAX = 10
"""So many diagnostics of one code are written out; of the rest, the number."""


def diagnose(document: Document) -> list[Diagnostic]:
    """Everything unsound in a document, as far as this reads it, in the document's order."""
    for operation in document.operations.values():
        try:
            _diagnose(document, operation)
        except Exception as error:  # noqa: BLE001 - one operation, and not the whole check
            document.diagnostics.append(
                diagnosed("D027", operation.pointer, f"{type(error).__name__}: {str(error)[:200]}")
            )
    return [*document.diagnostics, *_lost_references(document)]


def second_opinion(document: Document, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The first complaint of another validator about the file. It is not run where a reference leads outside."""
    from tidegate.openapi.validation import complaint

    if document.path is None or any(flaw.code == "D018" for flaw in diagnostics):
        return []
    complained = complaint(document.path, within_s=VALIDATION_S_MAX)
    return [diagnosed("D019", "", complained)] if complained else []


def summed(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """A line for each diagnostic: place, code, sentence, cure; of one code at most SHOWN_MAX, and how many more."""
    count: Counter[str] = Counter()
    for flaw in diagnostics:
        count[flaw.code] += 1
        if count[flaw.code] <= SHOWN_MAX:
            place = f"{flaw.pointer}: " if flaw.pointer else ""
            yield f"{place}{flaw.code} {flaw.message}; {flaw.cure}"
    for code, number in sorted(count.items()):
        if number > SHOWN_MAX:
            yield f"{code}: {number - SHOWN_MAX} more"


# --- one operation ---------------------------------------------------------------------------------------------------


def _diagnose(document: Document, operation: Operation) -> None:
    place = operation.pointer
    parameters = document.parameters(operation)
    declared = {entry["name"] for entry in parameters if entry["in"] == "path"}
    for name in re.findall(r"\{([^{}]*)\}", operation.template):
        if name not in declared:
            document.diagnostics.append(diagnosed("D016", place, name))
    for entry in parameters:
        where = f"{place}/parameters/{entry['name']}"
        document.schemas.check(entry.get("schema", {}), of="request", place=where)
    try:
        for media, schema in document.request_content(operation).items():
            where = f"{place}/requestBody/content/{token_of(media)}/schema"
            document.schemas.check(schema, of="request", place=where)
    except DocumentError as error:
        _unserved(document, f"{place}/requestBody", error)
    _diagnose_answers(document, operation, place)


def _diagnose_answers(document: Document, operation: Operation, place: str) -> None:
    try:
        statuses = [str(status) for status in document.responses(operation)]
    except DocumentError as error:
        _unserved(document, f"{place}/responses", error)
        return
    if not any(is_status(status) and status[0] in "2d" for status in statuses):
        document.diagnostics.append(diagnosed("D017", place, operation.id))
    for status in statuses:
        where = f"{place}/responses/{token_of(status)}"
        if not is_status(status) and not status.startswith("x-"):
            document.diagnostics.append(diagnosed("D026", where, status[:60]))
            continue
        try:
            schemas = document.answer_schemas(operation, status)
        except DocumentError as error:
            _unserved(document, where, error)
            continue
        for media, schema in schemas.items():
            document.schemas.check(schema, of="answer", place=f"{where}/content/{token_of(media)}/schema")


def _unserved(document: Document, place: str, error: DocumentError) -> None:
    document.diagnostics.append(diagnosed("D020", place, str(error).removeprefix(f"{document.name}: ")))


# --- every reference -------------------------------------------------------------------------------------------------


def _lost_references(document: Document) -> list[Diagnostic]:
    """The references, of the document and of the files that it refers to, that lead nowhere or outside."""
    lost: dict[str, Diagnostic] = {}
    files: set[str] = set()
    told = {flaw.message.removesuffix(f": {MEANINGS[flaw.code].finding}") for flaw in document.diagnostics}
    document.learn(None)
    todo: list[Any] = [document.root]
    while todo:
        node = todo.pop()
        if node is BEYOND:
            lost.setdefault("", diagnosed("D025", ""))
        elif isinstance(node, dict):
            reference = node.get("$ref")
            file = reference.partition("#")[0] if isinstance(reference, str) else ""
            if isinstance(reference, str) and reference not in lost:
                todo += _newly_met(document, reference, file, files, lost, told)
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return list(lost.values())


def _newly_met(
    document: Document, reference: str, file: str, files: set[str], lost: dict[str, Diagnostic], told: set[str]
) -> list[Any]:
    """The file that a reference leads to, where none has led to it before; what is wrong goes into `lost`."""
    try:
        document.resolve(reference)
        if file in files or not file:
            return []
        files.add(file)
        return [document.resolve(file)]
    except DocumentError as error:
        code = "D018" if isinstance(error, Outside) else "D002"
        detail = str(error).removeprefix(f"{document.name}: ")
        if detail not in told:
            lost[reference] = diagnosed(code, "", detail)
        return []


def is_document(path: Path) -> bool:
    """True where a file is an OpenAPI document and no vendor file, by its first words. Raises OSError."""
    if path.suffix.lower() == ".json":
        return True
    text = path.read_bytes()
    return any(text.startswith(word) or b"\n" + word in text for word in (b"openapi:", b"swagger:"))
