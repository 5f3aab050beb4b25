"""The text of a new vendor file: what the document says, what a person answered, and what is left to decide.

Where neither says anything, the most careful choice stands: a write is never resent, a rate is learned from refusals.
Each guess is named under `undecided`, which `tidegate check` repeats until a person has taken the line away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tidegate.configfile.units import written_duration
from tidegate.openapi.document import Document
from tidegate.openapi.servers import servers
from tidegate.policy.plan_values import NATURAL, SAFE
from tidegate.proxy.discovery.vendor_draft import preset_of
from tidegate.scaffold.answers import UNDECIDED, VendorAnswers
from tidegate.scaffold.call_shape import CallShape
from tidegate.scaffold.document_credential import document_credentials
from tidegate.scaffold.document_hints import (
    callback_names,
    error_form,
    limit_headers,
    personal_fields,
    request_id_header,
    webhook_names,
    worded_limits,
)
from tidegate.scaffold.yaml_text import comment, text, written
from tidegate.vendor.presumed.presumed_facts import NOWHERE
from tidegate.vendor.signature_facts import grammar_of
from tidegate.vendor.vendor import Facts

KEY_MARGIN_S = 3600.0
"""A deferred write is over so long before the vendor forgets its key."""
LISTED_MAX = 5
LINE_CHARS_MAX = 900
"""A line of `undecided` is no longer."""


@dataclass(frozen=True, slots=True)
class VendorText:
    """The file, and what is left to decide."""

    text: str
    undecided: tuple[str, ...]


class VendorWriter:
    """Writes the vendor file of one document. `facts` are what the document states."""

    def __init__(self, answers: VendorAnswers, document: Document, facts: Facts, source: str) -> None:
        self._answers = answers
        self._document = document
        self._facts = facts
        self._source = source
        self._open: list[str] = []

    def write(self, document_name: str, calls: Sequence[CallShape], notes: Sequence[str] = ()) -> VendorText:
        """The whole file. `notes` are further things to decide."""
        self._open = [*notes]
        answers, ids = self._answers, [call.operation.id for call in calls]
        facts = [*self._address(), *self._credential(ids), *self._conversation(), *self._errors()]
        facts += [*self._keys(), *self._limits(), *self._webhooks(), *self._data(calls)]
        policy, operations = [*self._policy(calls)], [*self._operations(calls)]
        if not answers.owner:
            self._open.append("owner: whom the runbook names")
        undecided = ["undecided:  # `tidegate check` names each of these; take a line away once it is decided"]
        undecided += [f"  - {text(line[:LINE_CHARS_MAX])}" for line in self._open]
        lines = [
            f"# Written by `tidegate new` from {comment(self._source)}. Yours to change.",
            f"vendor: {text(answers.vendor)}",
            f"purpose: {text(answers.purpose)}",
            f"owner: {text(answers.owner or UNDECIDED)}",
            f"criticality: {answers.criticality}",
            f"document: {text(document_name)}",
            *(undecided if self._open else ()),
            "",
            "facts:",
            *(f"  {line}" for line in facts),
            "",
            "policy:",
            *(f"  {line}" for line in policy),
            "",
            "operations:",
            *(f"  {line}" for line in operations),
        ]
        return VendorText("\n".join(lines) + "\n", tuple(self._open))

    # --- facts ---------------------------------------------------------------------------------------------------

    def _address(self) -> Iterator[str]:
        address = self._answers.base_url or self._facts.base_url.rstrip("/")
        yield f"base_url: {text(address)}"
        if address == NOWHERE:
            self._open.append("facts.base_url: the document gives no address")
        hosts = dict.fromkeys(urlsplit(one).netloc for one in servers(self._document) if urlsplit(one).netloc)
        others = [host for host in hosts if host != urlsplit(address).netloc]
        if others and not self._answers.base_url:
            self._open.append(f"facts.base_url: the document has other hosts too: {_listed(others)}")
        if "test" in urlsplit(address).netloc or "sandbox" in address:
            self._open.append(f"facts.base_url: {address} is a test system, it seems")

    def _credential(self, ids: Sequence[str]) -> Iterator[str]:
        scheme, _, place = self._answers.auth.partition(":")
        known = self._facts.auth
        found = document_credentials(self._document)
        if not scheme:
            scheme, place = (found[0].scheme, found[0].place) if found else (known.scheme, "")
            if len(found) > 1:
                others = _listed([f"{one.scheme} ({one.name})" for one in found[1:]])
                self._open.append(f"facts.auth.scheme: the document names {others} too")
        yield "auth:"
        yield f"  scheme: {scheme}"
        if scheme == "header":
            yield f"  header: {text(place or known.header)}"
        if scheme == "query":
            yield f"  parameter: {text(place or known.parameter)}"
        secret = self._answers.secret or f"env:{self._answers.vendor.upper().replace('-', '_')}_KEY"
        yield f"  secret: {text(secret)}"
        yield "  rotate_every: 90d"
        scopes = self._answers.scopes or f"may call {_listed(list(ids)) or 'what is used'}, and nothing else"
        yield f"  scopes: {text(scopes)}"
        if not found and not self._answers.auth:
            yield "  optional: true"
            self._open.append("facts.auth: the document describes no credential")
        if not self._answers.secret:
            self._open.append(f"facts.auth.secret: where the secret is; {secret} is a guess")

    def _conversation(self) -> Iterator[str]:
        if self._facts.versioning is not None:
            version = self._facts.versioning
            yield f"versioning: {written({'header': version.header, 'pin': version.pin})}"
        name = request_id_header(self._document)
        if name:
            yield f"request_id: {written({'header': name})}"

    def _errors(self) -> Iterator[str]:
        form = error_form(self._document, list(self._document.operations.values()))
        if form is None:
            yield 'errors: {envelope: "", ours: {code: "{problem}", message: "{detail}"}}'
            self._open.append("facts.errors: the document has no schema of an error; where does one stand in the body?")
            return
        code = f", code: {text(form.code)}" if form.code else ""
        yield f"errors: {{envelope: {text(form.envelope)}{code}, ours: {written(form.ours)}}}"

    def _keys(self) -> Iterator[str]:
        keys = self._facts.idempotency
        if keys is None:
            return
        yield f"idempotency: {written({'header': keys.header, 'methods': list(keys.methods), 'remembers': '24h'})}"
        self._open.append(f"facts.idempotency.remembers: how long the vendor knows a {keys.header}; a day is a guess")

    def _limits(self) -> Iterator[str]:
        yield from self._rates()
        headers = limit_headers(self._document)
        preset = preset_of(dict.fromkeys(headers, ""))
        if preset is not None:
            yield f"dialect: {preset}"
        elif others := [name for name in headers if name.lower() != "retry-after"]:
            self._open.append(f"facts.dialect: what these headers mean: {_listed(others)}")

    def _rates(self) -> Iterator[str]:
        if self._answers.limits:
            yield "limits:"
            for at, rate in enumerate(self._answers.limits, 1):
                yield f"  - {written({'name': f'account-{at}' if at > 1 else 'account', 'rate': rate})}"
            return
        found = worded_limits(self._document)
        if not any(one.where == "info" for one in found):
            yield "adaptive: true  # the rate is learned from refusals, until the vendor's limits stand here"
            self._open.append("facts.limits: the document names no limit of the account; its documentation may")
        for at, one in enumerate(found):
            if at == 0:
                yield "limits:"
            whole = one.where == "info"
            scope = {} if whole else {"scope": "operations", "of": [one.where]}
            name = f"account-{one.rate[-1]}" if whole else f"operation-{one.rate[-1]}"
            yield f"  - {written({'name': name, 'rate': one.rate, **scope})}  # “{comment(one.quote)}”"
            self._open.append(f"facts.limits: {one.rate} is read from the words “{comment(one.quote)}” ({one.where})")

    def _webhooks(self) -> Iterator[str]:
        names, wanted = [*webhook_names(self._document), *callback_names(self._document)], self._answers.webhooks
        if wanted == "none":
            return
        if not wanted:
            if names:
                self._open.append(
                    f"facts.webhooks: the document has {len(names)}, like {_listed(names[:3])}; if they are taken, "
                    "write their signature scheme, secret, dedupe id and poller (docs/webhooks.md)"
                )
            return
        variable = f"env:{self._answers.vendor.upper().replace('-', '_')}_WEBHOOK_SECRET"
        yield "webhooks:"
        yield f"  scheme: {wanted}"
        yield f"  secrets: [{variable}]"
        if grammar_of(wanted).is_timed:  # type: ignore[arg-type]  # the command line let in known names alone
            yield "  tolerance: 5m"
        yield "  dedupe: {pointer: /id}"
        yield '  backfill: "none, because nobody has named an operation that lists events"'
        self._open.append(
            f"facts.webhooks: the secret's place ({variable}), the event's id (/id) and a poller are guesses"
        )

    def _data(self, calls: Sequence[CallShape]) -> Iterator[str]:
        personal = self._answers.sensitivity == "personal"
        if self._answers.region or personal:
            yield f"region: {text(self._answers.region or UNDECIDED)}"
        if not self._answers.region:
            self._open.append("facts.region: where the vendor keeps the data")
        if not personal:
            return
        fields = personal_fields(self._document, [call.operation for call in calls])
        yield f"personal_data: {written(fields)}"
        names = f"{_listed(fields)} by their names" if fields else "no field of the requests sounds personal"
        self._open.append(f"facts.personal_data: which fields are personal ({names}), and whether they may leave")

    # --- policy --------------------------------------------------------------------------------------------------

    def _policy(self, calls: Sequence[CallShape]) -> Iterator[str]:
        budget = {"high": "20s", "medium": "30s", "low": "10s"}[self._answers.criticality]
        yield f"budget: {budget}  # a whole call"
        if budget == "10s":
            yield "timeout: {connect: 2s, first_byte: 5s, idle: 5s, attempt: 8s}"
        yield "quota_alert: [80%, 95%]"
        errors, slow = {"high": ("2%", "5s"), "medium": ("5%", "8s"), "low": ("10%", "8s")}[self._answers.criticality]
        yield f"alerts: {{errors: {errors}, slow_p99: {slow}, runbook: {text(self._answers.vendor)}}}"
        if self._answers.sensitivity == "personal":
            fields = personal_fields(self._document, [call.operation for call in calls])
            yield f"data: {written({'may_leave': fields, 'otherwise': 'refuse'})}"
        yield "unlisted: report  # what the document does not have passes, and is counted"

    def _operations(self, calls: Sequence[CallShape]) -> Iterator[str]:
        unused: dict[str, object] = {"idempotency": "never-resend"}
        if self._answers.criticality == "high":
            unused["unavailable"] = {"fail": "the adapter does not use it"}
        yield f'"*": {written(unused)}  # what the adapter does not use'
        doubtful = []
        for call in calls:
            settings = self._settings(call)
            doubtful += [call.operation.id] if settings.get("idempotency") == "never-resend" else []
            if settings:
                yield f"{text(call.operation.id)}: {written(settings)}"
        if doubtful:
            self._open.append(f"operations: is a resend safe for {_listed(doubtful)}? Now none is resent")
        gone = [call.operation.id for call in calls if call.operation.deprecated]
        if gone:
            self._open.append(f"operations: the document marks {_listed(gone)} deprecated")

    def _settings(self, call: CallShape) -> dict[str, object]:
        waits = self._answers.downtime_s
        method = call.operation.method
        high = self._answers.criticality == "high"
        if method in SAFE:
            if waits and method == "GET" and self._answers.sensitivity != "personal":
                return {"cache": {"stale_if_error": written_duration(waits)}, "unavailable": "cache"}
            return {"unavailable": {"fail": "a read that nothing stands in for"}} if high else {}
        keys = self._facts.idempotency
        plan = "natural" if method in NATURAL else "vendor-key" if keys and method in keys.methods else "never-resend"
        settings: dict[str, object] = {"idempotency": plan}
        known_s = keys.remembers - KEY_MARGIN_S if plan == "vendor-key" and keys is not None else waits
        deadline_s = min(waits, known_s)
        if plan != "never-resend" and waits and deadline_s > 0:
            settings |= {"unavailable": "defer", "defer": {"deadline": written_duration(deadline_s)}}
        elif high:
            settings["unavailable"] = {"fail": "the work cannot wait"}
        return settings


def _listed(names: Sequence[str]) -> str:
    rest = f" and {len(names) - LISTED_MAX} more" if len(names) > LISTED_MAX else ""
    return ", ".join(names[:LISTED_MAX]) + rest
