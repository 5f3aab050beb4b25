"""The records port over the issues of a project at GitLab, in plain HTTP to Tidegate.

Facts: docs.gitlab.com/api/issues, /api/rest (pagination, status codes). The vendor compares no versions: `updated_at`
is the version, and it is read just before a change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.issue_pages import cursor, entry_of, page_of
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.identifiers import own_id, qualified
from tidegate.adapters.ports.moments import in_utc
from tidegate.adapters.ports.records import Record, RecordDraft, RecordPage, RecordState, VersionConflict
from tidegate.adapters.vendor_answer import failure_by_status, read_answer

NAME: Final = "gitlab"
KEY_HEADER: Final = "PRIVATE-TOKEN"
"""Where the vendor's key stands: the gateway wants the app's token there."""
STATES: Final[Mapping[str, RecordState]] = {"opened": RecordState.OPEN, "closed": RecordState.CLOSED}


class GitLabRecords:
    """The issues of one project. See tidegate.adapters.ports.records.TrackedRecords.

    `project` is the project's number, or its path with the groups before it (`group/project`).
    """

    def __init__(self, gateway: Gateway, *, project: str, name: str = NAME) -> None:
        self._gateway = gateway
        self._path = f"/api/v4/projects/{segment(project, field='project')}/issues"
        self._name = name

    async def changed_since(self, since: datetime, *, after: str | None = None, size: int = 50) -> RecordPage:
        """See TrackedRecords.changed_since."""
        number = cursor(after, size, self._name)
        query = {
            "updated_after": in_utc(since).strftime("%Y-%m-%dT%H:%M:%SZ"), "order_by": "updated_at", "sort": "asc",
            "per_page": f"{size}", "page": f"{number}",
        }  # fmt: skip
        answer = await self._gateway.get(self._path, query)
        return page_of(answer, failure_of, self._record, since, size, qualified(self._name, f"{number + 1}"))

    async def find(self, record_id: str) -> Record:
        """See TrackedRecords.find."""
        return read_answer(await self._gateway.get(self._at(record_id)), failure_of, self._record)

    async def create(self, draft: RecordDraft, *, key: str) -> Record | Deferred:
        """See TrackedRecords.create."""
        document = {"title": draft.title, "description": draft.text, "labels": list(draft.labels)}
        answer = await self._gateway.post_json(self._path, document, key=key)
        return deferred_of(answer) or read_answer(answer, failure_of, self._record)

    async def put(self, record_id: str, draft: RecordDraft, *, version: str, key: str) -> Record | Deferred:
        """See TrackedRecords.put."""
        current = await self.find(record_id)
        if current.version != version:
            raise VersionConflict(f"the record is at {current.version}, not at {version}")
        document: dict[str, object] = {
            "title": draft.title, "description": draft.text, "labels": list(draft.labels)
        }  # fmt: skip
        if draft.is_open != (current.state is RecordState.OPEN):
            document["state_event"] = "reopen" if draft.is_open else "close"
        answer = await self._gateway.put_json(self._at(record_id), document, key=key)
        return deferred_of(answer) or read_answer(answer, failure_of, self._record)

    async def record_of(self, deferred: Deferred) -> Record | Deferred:
        """See TrackedRecords.record_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else read_answer(answer, failure_of, self._record)

    def _at(self, record_id: str) -> str:
        own = own_id(record_id, self._name, field="record_id")
        return f"{self._path}/{segment(own, field='record_id')}"

    def _record(self, fields: Fields) -> Record:
        word = fields.text("state")
        return Record(
            id=qualified(self._name, f"{fields.count('iid')}"),
            title=fields.text("title"),
            text=fields.maybe_text("description"),
            state=STATES.get(word, RecordState.UNKNOWN),
            vendor_state=word,
            labels=tuple(entry_of(label, "name") for label in fields.entries("labels")),
            version=fields.text("updated_at"),
            changed_at=fields.moment("updated_at"),
        )


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to. `message` may be a text, or an object of fields."""
    text, field = f"The vendor answered {answer.status}", ""
    try:
        error = parse(answer.body)
        if error.is_text("message") or error.is_text("error"):
            text = error.maybe_text("message") if error.is_text("message") else error.text("error")
        elif error.has("message"):
            field = next(iter(error.child("message").names), "")
    except FieldError:
        pass
    return failure_by_status(answer, text, field=field)
