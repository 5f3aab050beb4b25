"""Whether a pact is within the vendor's OpenAPI document: all that it sends is taken, all that it reads is promised.

A consumer test can pin what no vendor ever promised, and a mock would go along with it. Nothing is asked of anybody
here: pact and document are compared, so it costs milliseconds. What an answer holds beyond the pact, and what a pact
leaves open, is no matter.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.configfile.wording import nearest
from tidegate.contracts.drift.documents.media import by_media
from tidegate.contracts.drift.documents.schema_aspects import types
from tidegate.contracts.drift.documents.webhooks import webhooks
from tidegate.contracts.drift.use.grading import media_fits
from tidegate.contracts.drift.use.pact_use import PactUse
from tidegate.contracts.drift.use.used_operation import UsedOperations
from tidegate.contracts.drift.use.within import Beyond, Within
from tidegate.openapi.document import Document, DocumentError, Match
from tidegate.verdict import CaseVerdict

OF_THE_WIRE = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host",
    "idempotency-key", "user-agent",
})  # fmt: skip
"""Headers of a request that OpenAPI does not list as parameters, and the key that Tidegate gives on."""


UNDESCRIBED = "the document describes no webhooks, so the {} messages of its pacts were not looked into"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """One thing of an interaction that the document does not have. `place` is in the interaction."""

    file: str
    consumer: str
    interaction: str
    operation: str
    place: str
    says: str
    cure: str

    @property
    def sentence(self) -> str:
        """Place, words and cure."""
        return f"{self.place}: {self.says}; {self.cure}"


@dataclass(frozen=True, slots=True)
class CoverReport:
    """The result for one vendor. `uses` are all interactions, good and bad."""

    provider: str
    document: str
    uses: tuple[PactUse, ...]
    uncovered: tuple[Uncovered, ...]
    untried: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def cases(self) -> list[CaseVerdict]:
        """A case for each interaction."""
        said: dict[tuple[str, str], list[str]] = {}
        for one in self.uncovered:
            said.setdefault((one.consumer, one.interaction), []).append(one.sentence)
        cases = [
            CaseVerdict(f"{self.provider}: {use.title}", said.get((use.consumer, use.name), ())) for use in self.uses
        ]
        return [*([CaseVerdict(self.provider, (), self.untried)] if self.untried else []), *cases]

    def lines(self) -> Iterator[str]:
        """The report for a person."""
        for one in self.uncovered:
            yield f"{one.file}: {one.consumer}: “{one.interaction}”: {one.sentence}"
        yield from (f"{self.provider}: note: {sentence}" for sentence in self.notes)
        for sentence in self.untried:
            yield f"{self.provider}: inconclusive: {sentence}"
        broken = len({(one.consumer, one.interaction) for one in self.uncovered})
        yield f"{self.provider}: {len(self.uses) - broken} of {len(self.uses)} interactions within {self.document}"


def cover(provider: str, document: Document, uses: Sequence[PactUse], put_in: Collection[str] = ()) -> CoverReport:
    """Compare the interactions with a provider with its document.

    `put_in` are headers that the proxy adds to what an adapter sends, like the version of the API.
    """
    others = OF_THE_WIRE | {name.lower() for name in put_in}
    operations = UsedOperations(document)
    found: list[Uncovered] = []
    asked = [use for use in uses if not use.is_message]
    for use in asked:
        match = operations.match(use)
        beyond = [_unknown(document, use)] if match is None else _Interaction(document, use, match, others).beyond()
        name = match.operation.id if match is not None else use.operation
        found += [Uncovered(use.file, use.consumer, use.name, name, one.place, one.says, one.cure) for one in beyond]
    described = bool(webhooks(document))
    sent = [use for use in uses if use.is_message and (described or any(use.streamed_by))]
    found += [_unsent(use) for use in sent if not operations.sending(use)]
    untried = () if uses else (f"there is no interaction with {provider}",)
    undescribed = len(uses) - len(asked) - len(sent)
    notes = (UNDESCRIBED.format(undescribed),) if undescribed else ()
    looked = (*asked, *sent)
    return CoverReport(provider, document.name, looked, tuple(found), untried, notes)


def _unsent(use: PactUse) -> Uncovered:
    what = "streamed answer" if any(use.streamed_by) else "webhook"
    cure = "count on what the vendor promises, or correct the document"
    return Uncovered(use.file, use.consumer, use.name, "", "message", f"no {what} of the document is so", cure)


def _unknown(document: Document, use: PactUse) -> Beyond:
    listed = [f"{operation.method} {operation.template}" for operation in document.operations.values()]
    hint = nearest(f"{use.method} {use.path}", listed).removeprefix("; ")
    return Beyond(f"{use.method} {use.path}", "the document has no such operation",
                  hint or "correct the path, or add the operation to the document")  # fmt: skip


class _Interaction:
    """One interaction beside its operation."""

    def __init__(self, document: Document, use: PactUse, match: Match, others: Collection[str] = OF_THE_WIRE) -> None:
        self._document, self._use, self._match, self._others = document, use, match, others

    def beyond(self) -> list[Beyond]:
        """What is not within the document, the request first. One that shall be refused may be beyond it on purpose."""
        try:
            refused = 400 <= self._use.status < 500
            return [*(() if refused else (*self._parameters(), *self._body())), *self._answer()]
        except DocumentError as error:
            return [
                Beyond(self._match.operation.id, f"the document cannot be read here: {error}", "mend the reference")
            ]

    def _parameters(self) -> Iterator[Beyond]:
        use = self._use
        sent: dict[tuple[str, str], Any] = {("path", name): value for name, value in self._match.params.items()}
        sent |= {
            ("query", name.partition("[")[0]): values[0] if len(values) == 1 and not name.endswith("[]") else values
            for name, values in use.query.items()
        }
        sent |= {("header", name): value for name, value in use.headers.items() if name not in self._others}
        listed: dict[tuple[str, str], Mapping[str, Any]] = {}
        for one in self._document.parameters(self._match.operation):
            written, where = str(one["name"]), str(one["in"])
            listed[where, written.lower() if where == "header" else written] = one
        for (place, name), value in sent.items():
            parameter = listed.get((place, name)) or listed.get((place, f"{name}[]"))
            at = f"request {place} {name}"
            if parameter is not None:
                schema = parameter.get("schema", parameter if self._document.swagger2 else {})
                if not any(one.startswith(f"{name}[") for one in use.query):
                    yield from Within(self._document, "request", is_text=True).beyond(schema, value, at)
            elif place == "query":
                meant = nearest(name, [other for kind, other in listed if kind == "query"]).removeprefix("; ")
                cure = meant or "leave it out, or add it to the document"
                yield Beyond(at, "the document has no such parameter", cure)
        for (place, name), parameter in listed.items():
            unsent = (place, name) not in sent and place in ("query", "header") and name not in self._others
            if unsent and parameter.get("required") is True:
                yield Beyond(f"request {place} {name}", "the document asks for it", "send it")

    def _body(self) -> Iterator[Beyond]:
        use, operation = self._use, self._match.operation
        content = by_media(self._document.request_content(operation))
        if use.sent is None:
            body = self._document.follow(operation.node.get("requestBody"))
            if isinstance(body, Mapping) and body.get("required") is True:
                yield Beyond("request body", "the document asks for one", "send it")
            return
        if not content:
            yield Beyond("request body", "the document takes none", "leave it out, or add it to the document")
            return
        schema = _of_media(content, use.media)
        if schema is None:
            yield Beyond("request body", f"the document does not take {use.media}", f"send {' or '.join(content)}")
            return
        if not self._is_opaque(schema, use.sent, use.media):
            yield from Within(self._document, "request", is_text=use.is_of_fields).beyond(schema, use.sent, "request")

    def _answer(self) -> Iterator[Beyond]:
        use, operation = self._use, self._match.operation
        response = self._document.response(operation, use.status)
        where = f"response {use.status}"
        if response is None:
            if use.status >= 500:  # any server may fail (RFC 9110 §15.6), and few documents say how
                return
            statuses = ", ".join(map(str, operation.node.get("responses", {})))
            yield Beyond(where, "the document has no such answer", f"it has {statuses or 'none'}; add it there")
            return
        keys = [str(use.status), f"{use.status // 100}XX", f"{use.status // 100}xx", "default"]
        listed = {str(key): key for key in operation.node["responses"]}
        key = next(listed[name] for name in keys if name in listed)
        content = by_media(self._document.answer_schemas(operation, key))
        if use.answer is None or not content:
            if use.answer not in (None, {}, ""):
                yield Beyond(where, "the document promises no body", "describe it in the document")
            return
        schema = _of_media(content, use.answer_media)
        if schema is None:
            yield Beyond(where, f"the document does not promise {use.answer_media}", f"it has {' or '.join(content)}")
            return
        if not self._is_opaque(schema, use.answer, use.answer_media):
            within = Within(self._document, "answer", is_text=False, loose=use.is_loose)
            yield from within.beyond(schema, use.answer, where)

    def _is_opaque(self, schema: Any, value: Any, media: str) -> bool:
        """Whether a value is a text that stands for an object or a list in a way that is not read here, like XML."""
        wanted = types(self._document.schemas.plain(schema))
        return isinstance(value, str) and not media.endswith("json") and bool(wanted) and "string" not in wanted


def _of_media(content: Mapping[str, Any], media: str) -> Any:
    return next((schema for listed, schema in content.items() if media_fits(listed.partition(";")[0], media)), None)
