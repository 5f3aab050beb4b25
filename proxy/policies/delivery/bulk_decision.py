"""Which deferred writes are joined into one request of the vendor's bulk form, and what became of each of them.

    of what was never sent, or surely not carried out      joined, where its body can be an item
    unknown, and last sent in a joined request              joined again, under the key of its item
    unknown in any other way                                by itself: the vendor may tell the two forms' keys apart
    unknown in a joined request, and no bulk form now       neither: looked up, or parked

    a result for it                                         it is settled by that alone
    none for it, though the request was answered            unknown
    the whole request surely not carried out                as that says
    refused by the vendor, with several rows in it          unknown: some vendors say so when one row is refused
    refused by us, with several rows in it                  not carried out, and each by itself next
    the whole request unknown                               each of them unknown, and by itself next

A request that failed as a whole may have failed for one of its rows, so its rows are not joined again until the vendor
has taken each. Never are two of one order key in one request. Pure.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tidegate.json_pointer import at_pointer, steps_of
from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.bulk import Bulk
from tidegate.policy.deferral.lookup import BRACED
from tidegate.proxy.call.outcome import Outcome, Verdict, outcome_of
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.policies.delivery.outbox_decision import OURS_FINAL
from tidegate.proxy.policies.delivery.request_fields import document_of_body, filled, path_parameters, text_at

JOINED_BYTES_MAX = 1024 * 1024
"""The items of one request are no longer than this together."""
RESULTS_MAX = 1000
"""An answer with more results is not read."""
JOINED_MARK = "."
"""Stands in the id of an attempt that was an item of a joined request: the request's id, and the item's place."""

Way = Literal["joined", "alone", "lost"]
"""Joined with others; by its own operation; or not at all, because it was joined once and cannot be now."""
RowEnd = Literal["as the request", "unknown", "by itself"]
"""Of a row without a result of its own: what became of the whole request; perhaps carried out; not carried out, and
to be sent in a request of its own."""

_TWIN = 409
"""Says nothing of an earlier try: that may be at work yet."""


class RowResult(NamedTuple):
    """The vendor's own answer to one item."""

    status: int
    body: bytes


class RowItem(NamedTuple):
    """A row as it can be joined. `document` is that of its body, `words` are its path parameters."""

    body: bytes
    document: Mapping[str, object]
    words: Mapping[str, str]

    def text(self, bulk: Bulk, key: str) -> bytes | None:
        """The item as the vendor gets it: the body as the app wrote it, and what is added before it."""
        words, members = {**self.words, "key": key}, {}
        for name, template in bulk.add.items():
            value = filled(template, self.document, words)
            if value is None:
                return None
            members[name] = value
        if not members:
            return self.body
        added, rest = json.dumps(members, ensure_ascii=False).encode(), self.body.strip()[1:].lstrip()
        return added[:-1] + (b", " if rest != b"}" else b"") + rest

    def name(self, bulk: Bulk, key: str) -> str | None:
        """What its result is known by; None where that is the place, or cannot be told."""
        return None if bulk.id is None else filled(bulk.id.value, self.document, {**self.words, "key": key})


def item_of(delivery: Delivery, plan: OperationPlan, content_type: str) -> RowItem | None:
    """A row as an item; None where it cannot be one: no JSON object, a query, or a field that is to be added."""
    bulk, new = plan.defer.bulk, delivery.new
    media = content_type.partition(";")[0].strip().lower()
    if bulk is None or "?" in new.destination or not (media == "application/json" or media.endswith("+json")):
        return None
    document = document_of_body(media, new.body)
    if not isinstance(document, dict) or not _is_plain(new.body) or bulk.add.keys() & document.keys():
        return None
    item = RowItem(new.body, document, path_parameters(plan.template, new.destination))
    if not set(BRACED.findall(plan.template)) <= item.words.keys():
        return None
    named = bulk.id is None or item.name(bulk, "k") is not None
    return item if named and item.text(bulk, "k") is not None else None


def _is_plain(body: bytes) -> bool:
    """True where a body can stand in another as it is: UTF-8 without a mark, though JSON may come in UTF-16 too."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return body.lstrip().startswith(b"{") and b"\0" not in body


def way_of(delivery: Delivery, plan: OperationPlan, last_call: str, *, joinable: bool) -> Way:
    """How a delivery is sent. `last_call` is the call of its last attempt; empty where there was none."""
    was_joined = JOINED_MARK in last_call
    if delivery.resting != "unknown" or plan.idempotency == "natural":
        return "joined" if joinable else "alone"
    if not was_joined:
        return "alone"
    return "joined" if joinable else "lost"


@dataclass(slots=True)
class Gathering:
    """The rows that are being gathered for one request."""

    bulk: Bulk
    most: int
    rows: int = 0
    item_bytes: int = 0
    order_keys: set[str] = field(default_factory=set)

    def fits(self, delivery: Delivery) -> bool:
        """True where one more may come in: by number, by length, and by its order."""
        new = delivery.new
        within = not self.rows or self.item_bytes + len(new.body) <= JOINED_BYTES_MAX
        return self.rows < self.most and within and new.order_key not in self.order_keys

    def add(self, delivery: Delivery) -> None:
        """Take one in."""
        self.rows += 1
        self.item_bytes += len(delivery.new.body)
        if delivery.new.order_key:
            self.order_keys.add(delivery.new.order_key)

    @property
    def full(self) -> bool:
        """True where no more may come in."""
        return self.rows >= self.most


def joined_body(items: Sequence[bytes], pointer: str) -> bytes:
    """The body of a joined request: each item as it was written."""
    names = steps_of(pointer)
    head = b"".join(b"{" + json.dumps(name).encode() + b": " for name in names)
    return head + b"[" + b", ".join(items) + b"]" + b"}" * len(names)


def row_ends(
    bulk: Bulk,
    names: Sequence[str | None],
    outcome: Outcome,
    verdict: Verdict,
    problem: str,
    document: object,
) -> list[RowResult | RowEnd]:
    """What became of each row. `document` is that of the vendor's answer; None where there is none that can be read."""
    results = _results(bulk, document, names) if not problem else None
    if results is not None:
        return [result or "unknown" for result in results]
    if outcome is not Outcome.NOT_APPLIED:
        return ["unknown" for _ in names]
    if len(names) > 1 and verdict is Verdict.REJECTED:
        return ["unknown" for _ in names]
    return ["by itself" if len(names) > 1 and problem in OURS_FINAL else "as the request" for _ in names]


def row_outcome(before: Outcome, verdict: Verdict, status: int, *, keyed: bool) -> Outcome:
    """The outcome of a row by its own result. `before` is what was known of it until then."""
    outcome = outcome_of(verdict, sent=True, stored=False)
    settles = verdict is Verdict.SUCCESS or (keyed and verdict is Verdict.REJECTED and status != _TWIN)
    return Outcome.UNKNOWN if before is Outcome.UNKNOWN and not settles else outcome


def _results(bulk: Bulk, document: object, names: Sequence[str | None]) -> list[RowResult | None] | None:
    """The result of each row, None for one that has none; None where the answer has no list of results at all."""
    listed = at_pointer(document, bulk.results)
    if not isinstance(listed, list) or len(listed) > RESULTS_MAX:
        return None
    if bulk.id is None:  # by their places, which say nothing where one is missing
        return [_result(bulk, one) for one in listed] if len(listed) == len(names) else [None for _ in names]
    by_name: dict[str, list[object]] = {}
    for one in listed:
        by_name.setdefault(text_at(one, bulk.id.pointer) or "", []).append(one)
    found = [by_name.get(name or "", []) for name in names]
    doubled = {name for name in names if list(names).count(name) > 1}
    return [
        _result(bulk, own[0]) if len(own) == 1 and name and name not in doubled else None
        for name, own in zip(names, found, strict=True)
    ]


def _result(bulk: Bulk, listed: object) -> RowResult | None:
    status = at_pointer(listed, bulk.status)
    whole = isinstance(status, float) and status.is_integer()  # 201.0, where a language has no other numbers
    text = f"{status:.0f}" if whole else text_at(listed, bulk.status)
    if text is None or not (text.isascii() and text.isdigit() and len(text) == 3) or not 200 <= int(text) <= 599:
        return None
    return RowResult(int(text), json.dumps(at_pointer(listed, bulk.body)).encode())
