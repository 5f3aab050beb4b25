"""Whether a change of an operation, schemas aside, breaks a use of it."""

from collections.abc import Mapping

from tidegate.contracts.drift.documents.document_change import DocumentChange
from tidegate.contracts.drift.use.pact_use import PactUse


def breaks_operation(change: DocumentChange, use: PactUse) -> bool:
    """Whether this interaction would fail by this change. The operation is the one that it uses."""
    match change.kind.breaks:
        case "always":
            return change.part == "operation" or _uses(change, use)
        case "unsent":
            return not _sends(change, use)
        case _:
            return False


def _uses(change: DocumentChange, use: PactUse) -> bool:
    if change.direction == "request":
        if change.part == "media":
            media, _, field = change.at.partition(" ")
            is_sent = not field or (isinstance(use.sent, Mapping) and field in use.sent)
            return use.sent is not None and _is(use.media, media) and is_sent
        return _sends(change, use)
    status, _, name = change.at.partition(" ")
    if not _answers(status, use):
        return False
    match change.part:
        case "status":
            return status == str(use.status) or (status != "default" and str(use.status) not in (change.new or ()))
        case "media":
            return _is(use.answer_media, name)
        case "header":
            return name.lower() in use.answer_headers
        case _:
            return False


def _sends(change: DocumentChange, use: PactUse) -> bool:
    if change.part == "body":
        return use.sent is not None
    place, _, name = change.at.partition(" ")
    match place:
        case "query":
            return any(sent.partition("[")[0] == name.partition("[")[0] for sent in use.query)
        case "header":
            return name.lower() in use.headers
        case "path":
            return True
        case _:
            return False


def _answers(status: str, use: PactUse) -> bool:
    return status in (str(use.status), f"{use.status // 100}XX", "default")


def _is(media: str, listed: str) -> bool:
    return media == listed.partition(";")[0]
