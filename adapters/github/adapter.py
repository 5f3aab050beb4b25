"""The records port over the issues of a repository at GitHub, in plain HTTP to Tidegate.

Facts: docs.github.com/rest/issues/issues and /rest/using-the-rest-api (pagination, errors). A list of issues has pull
requests among them, which are no records here. The vendor compares no versions: `updated_at` is the version, and it is
read just before a change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.issue_pages import cursor, entry_of, page_of
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import RateLimited, VendorFailure
from tidegate.adapters.ports.identifiers import own_id, qualified
from tidegate.adapters.ports.moments import in_utc
from tidegate.adapters.ports.records import Record, RecordDraft, RecordPage, RecordState, VersionConflict
from tidegate.adapters.vendor_answer import failure_by_status, read_answer

NAME: Final = "github"
STATES: Final[Mapping[str, RecordState]] = {"open": RecordState.OPEN, "closed": RecordState.CLOSED}
_LIMITED: Final = ("rate limit", "abuse detection")
"""Words of a 403 that is about the rate."""


class GitHubRecords:
    """The issues of one repository. See tidegate.adapters.ports.records.TrackedRecords."""

    def __init__(self, gateway: Gateway, *, owner: str, repository: str, name: str = NAME) -> None:
        self._gateway = gateway
        place = f"{segment(owner, field='owner')}/{segment(repository, field='repository')}"
        self._path = f"/repos/{place}/issues"
        self._name = name

    async def changed_since(self, since: datetime, *, after: str | None = None, size: int = 50) -> RecordPage:
        """See TrackedRecords.changed_since."""
        number = cursor(after, size, self._name)
        query = {
            "since": in_utc(since).strftime("%Y-%m-%dT%H:%M:%SZ"), "state": "all", "sort": "updated",
            "direction": "asc", "per_page": f"{size}", "page": f"{number}",
        }  # fmt: skip
        answer = await self._gateway.get(self._path, query)
        return page_of(answer, failure_of, self._maybe_record, since, size, qualified(self._name, f"{number + 1}"))

    async def find(self, record_id: str) -> Record:
        """See TrackedRecords.find."""
        return read_answer(await self._gateway.get(self._at(record_id)), failure_of, self._record)

    async def create(self, draft: RecordDraft, *, key: str) -> Record | Deferred:
        """See TrackedRecords.create."""
        document = {"title": draft.title, "body": draft.text, "labels": list(draft.labels)}
        answer = await self._gateway.post_json(self._path, document, key=key)
        return deferred_of(answer) or read_answer(answer, failure_of, self._record)

    async def put(self, record_id: str, draft: RecordDraft, *, version: str, key: str) -> Record | Deferred:
        """See TrackedRecords.put."""
        current = await self.find(record_id)
        if current.version != version:
            raise VersionConflict(f"the record is at {current.version}, not at {version}")
        document = {
            "title": draft.title, "body": draft.text, "labels": list(draft.labels),
            "state": "open" if draft.is_open else "closed",
        }  # fmt: skip
        answer = await self._gateway.patch_json(self._at(record_id), document, key=key)
        return deferred_of(answer) or read_answer(answer, failure_of, self._record)

    async def record_of(self, deferred: Deferred) -> Record | Deferred:
        """See TrackedRecords.record_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else read_answer(answer, failure_of, self._record)

    def _at(self, record_id: str) -> str:
        own = own_id(record_id, self._name, field="record_id")
        return f"{self._path}/{segment(own, field='record_id')}"

    def _maybe_record(self, fields: Fields) -> Record | None:
        """The record that an entry of the list is; None for a pull request."""
        return None if fields.has("pull_request") else self._record(fields)

    def _record(self, fields: Fields) -> Record:
        word = fields.text("state")
        return Record(
            id=qualified(self._name, f"{fields.count('number')}"),
            title=fields.text("title"),
            text=fields.maybe_text("body"),
            state=STATES.get(word, RecordState.UNKNOWN),
            vendor_state=word,
            labels=tuple(entry_of(label, "name") for label in fields.entries("labels")),
            version=fields.text("updated_at"),
            changed_at=fields.moment("updated_at"),
        )


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to. A 403 may be a refusal for the rate."""
    text, field = f"The vendor answered {answer.status}", ""
    try:
        error = parse(answer.body)
        text = error.maybe_text("message") or text
        if error.has("errors"):
            field = next((entry.maybe_text("field") for entry in error.children("errors")), "")
    except FieldError:
        pass
    if answer.status == 403 and any(words in text.lower() for words in _LIMITED):
        return RateLimited(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    return failure_by_status(answer, text, field=field)
