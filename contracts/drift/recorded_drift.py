"""A cassette against a simulator, and against the document: what was recorded of the vendor is otherwise.

The requests of the cassette are sent again, in their order, to a simulator that begins with nothing. It gives ids of
its own, so each recorded id is replaced by the one that stands in its place. A request about something that was made
before the recording began cannot be compared: the simulator does not have it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from tidegate.cassette.recorded_exchange import CONDITIONS, RecordedExchange
from tidegate.contracts.drift.answer_difference import AnswerDifference, differences
from tidegate.contracts.drift.drift_report import DriftReport, sorted_findings
from tidegate.contracts.drift.observed_drift import graded_finding
from tidegate.contracts.drift.use.pact_use import PactUse
from tidegate.drift.document_watch import DocumentWatch
from tidegate.drift.value_shape import shape_of
from tidegate.openapi.document import Document
from tidegate.redaction.secret import REDACTED

Send = Callable[[str, str, Mapping[str, str], bytes], Awaitable[tuple[int, bytes]]]
"""Sends a request (method, path with query, headers, body) to the simulator, and returns status and body."""

EXCHANGES_MAX = 20_000
IDS_MAX = 50_000
ID_CHARS_MIN = 6
"""A shorter id may stand in a text by chance."""

LEFT_OUT = frozenset({
    "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "host", "transfer-encoding",
    "user-agent",
})  # fmt: skip
"""Headers of a recorded request that are not sent again; its body is without its coding."""


@dataclass(slots=True)
class _Tape:
    """What became of a cassette so far. `found` is by kind, operation, status and pointer."""

    document: Document
    ids: dict[str, str] = field(default_factory=dict)
    found: dict[tuple[str, str, int, str], dict[str, Any]] = field(default_factory=dict)
    compared: int = 0
    unknown: int = 0
    """Exchanges that belong to no operation of the document."""
    earlier: int = 0
    """Exchanges about something that was there before the recording began."""
    conditional: int = 0
    """Exchanges that were answered by a condition, of which only the vendor knows whether it holds."""

    def note(self, operation: str, status: int, source: str, found: Iterable[AnswerDifference]) -> None:
        for one in found:
            key = (one.kind, operation, status, one.pointer)
            known = self.found.setdefault(key, {
                "kind": one.kind, "operation": operation, "status": status, "pointer": one.pointer, "says": one.says,
                "source": source, "count": 0,
            })  # fmt: skip
            known["count"] += 1


async def recorded_drift(
    vendor: str,
    document: Document,
    exchanges: Iterable[RecordedExchange],
    send: Send,
    uses: Mapping[str, Sequence[PactUse]],
) -> DriftReport:
    """The report of a cassette. `uses` are by operation."""
    tape, watch, total = _Tape(document), DocumentWatch(document), 0
    for exchange in exchanges:
        total += 1
        if total > EXCHANGES_MAX:
            break
        await _compare(tape, watch, exchange, send)
    findings = [graded_finding(one, uses) for one in tape.found.values()]
    untried = [] if tape.compared else [f"none of the {total} exchanges could be compared"]
    if total > EXCHANGES_MAX:
        untried.append(f"only the first {EXCHANGES_MAX} exchanges were compared")
    notes = []
    if tape.earlier:
        notes.append(f"{tape.earlier} of {total} exchanges are about something that was made before the recording")
    if tape.conditional:
        notes.append(f"{tape.conditional} of {total} exchanges were asked on a condition that only the vendor can tell")
    if tape.unknown:
        notes.append(f"{tape.unknown} of {total} exchanges belong to no operation of the document")
    return DriftReport(f"the simulator of {vendor}", f"{total} recorded exchanges", sorted_findings(findings),
                       sum(map(len, uses.values())), tuple(untried), tuple(notes))  # fmt: skip


async def _compare(tape: _Tape, watch: DocumentWatch, exchange: RecordedExchange, send: Send) -> None:
    match = tape.document.match(exchange.method, exchange.path)
    if match is None:
        tape.unknown += 1
        return
    operation, recorded = match.operation, _json(exchange.answer.body)
    told: list[AnswerDifference] = []
    if recorded is not None:
        departures = watch.departures(operation, exchange.status, recorded)
        told = [AnswerDifference(one.kind, one.pointer, one.says) for one in departures]
        tape.note(operation.id, exchange.status, "document", told)
    headers = {
        name: value for name, value in exchange.request.headers.items()
        if name not in LEFT_OUT and REDACTED not in value
    }  # fmt: skip
    body = _replaced(exchange.request.body.decode("utf-8", "surrogateescape"), tape.ids)
    status, answer = await send(exchange.method, _replaced(exchange.path, tape.ids), headers,
                                body.encode("utf-8", "surrogateescape"))  # fmt: skip
    simulated = _json(answer)
    if status == 404 != exchange.status:
        tape.earlier += 1
        return
    if status != exchange.status and not exchange.request.headers.keys().isdisjoint(CONDITIONS):
        tape.conditional += 1
        return
    tape.compared += 1
    if status != exchange.status:
        word = "success" if 200 <= exchange.status < 300 else "non-success"
        says = f"{exchange.status} is recorded where {status} is simulated"
        tape.note(
            operation.id, exchange.status, "cassette", [AnswerDifference(f"response-{word}-status-added", "", says)]
        )
    elif recorded is not None:
        _learn(tape.ids, recorded, simulated)
        known = {one.pointer for one in told}  # what the document says already is not said again
        others = [one for one in differences(recorded, simulated) if one.pointer not in known]
        tape.note(operation.id, exchange.status, "cassette", others)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None


def _learn(ids: dict[str, str], recorded: Any, simulated: Any) -> None:
    """Remember which id of the simulator's stands in the place of which recorded one."""
    todo = [(recorded, simulated)]
    while todo and len(ids) < IDS_MAX:
        one, other = todo.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            todo += [(one[name], other[name]) for name in one.keys() & other.keys()]
        elif isinstance(one, list) and isinstance(other, list):
            todo += zip(one, other, strict=False)
        elif isinstance(one, str) and isinstance(other, str) and one != other and _is_id(one):
            ids.setdefault(one, other)


def _is_id(text: str) -> bool:
    shape = shape_of(text)
    return len(text) >= ID_CHARS_MIN and (shape in ("uuid", "hex", "digits") or shape.startswith("id"))


def _replaced(text: str, ids: Mapping[str, str]) -> str:
    for recorded in sorted((one for one in ids if one in text), key=len, reverse=True):
        text = text.replace(recorded, ids[recorded])
    return text
