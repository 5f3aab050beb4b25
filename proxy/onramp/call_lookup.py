"""`GET /_tidegate/calls/{id}`: what became of a call, told to the app that made it and to nobody else.

`…/answer` gives the vendor's answer to a write that was carried out later, as the vendor gave it.
"""

from collections.abc import Callable, Mapping

import orjson

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.reply import Reply, refused, refused_for_store
from tidegate.proxy.onramp.admission import NO_KEY
from tidegate.proxy.onramp.delivery_lookup import (
    FINDING_OUT,
    answer_of,
    document_of,
    settled_meanwhile,
    shown_answer,
)
from tidegate.proxy.onramp.reply_writer import CALLS_PATH, AppExchange
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.secrecy.echoed_secrets import without_echo
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.recent_calls import RecentCalls, lookup
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.url_rewriting import path_of

ANSWER = "/answer"

_UNKNOWN = refused(PROBLEMS["not-found"], "No record of this call, or it is another app's.")


class CallLookup:
    """The records of one proxy's calls."""

    def __init__(
        self, recent: RecentCalls, records: Records, deliveries: Deliveries, upstreams: Mapping[str, Upstream]
    ) -> None:
        self._recent = recent
        self._records = records
        self._deliveries = deliveries
        self._upstreams = upstreams

    async def find(
        self, exchange: AppExchange, path: str, identify: Callable[[], str | None]
    ) -> dict[str, object] | Reply:
        """The record of a call as a JSON-able document, the vendor's answer, or the refusal.

        `path` is what follows CALLS_PATH, `identify` says who asks. App and vendor are noted in `exchange`.
        """
        app = identify()
        if app is None:
            return refused(PROBLEMS["app-unauthorized"], NO_KEY)
        exchange.app = app
        if exchange.method not in ("GET", "HEAD"):
            return refused(PROBLEMS["bad-request"], "A call's record can only be read: use GET.")
        call_id = path.partition("?")[0].removesuffix(ANSWER)
        try:
            delivery = await self._deliveries.find(call_id)
            if delivery is not None and delivery.new.box == "outbox" and delivery.new.app == app:
                if path.partition("?")[0].endswith(ANSWER):
                    return self._answer(exchange, delivery)
                return await self._document(delivery, path_of(exchange.gateway))
            document = await lookup(call_id, app, self._recent, self._records)
        except StoreError:
            return refused_for_store()
        if document is None or call_id != path.partition("?")[0]:
            return _UNKNOWN
        return self._scrubbed(document)

    def _scrubbed(self, document: dict[str, object]) -> dict[str, object]:
        """The document without secrets: a vendor may have named a request by one."""
        upstream = self._upstreams.get(str(document.get("vendor")))
        if upstream is None:
            return document
        scrubbed: dict[str, object] = orjson.loads(upstream.redactor.text(orjson.dumps(document).decode()))
        return scrubbed

    async def _document(self, delivery: Delivery, below: str) -> dict[str, object]:
        attempts = await self._deliveries.attempts(delivery.new.id)
        document = document_of(delivery, self._records.now(), attempts)
        if delivery.state in FINDING_OUT:
            record = await self._records.find_call(delivery.new.id)
            if record is not None and record.app == delivery.new.app:
                document |= settled_meanwhile(record)
        upstream = self._upstreams.get(delivery.new.vendor)
        answer = answer_of(delivery, upstream.kept_secrets) if upstream is not None else None
        if answer is not None and upstream is not None:
            mask = upstream.echo_mask
            answer = answer if mask is None else without_echo(mask, answer)
            document["answer"] = shown_answer(answer) | {"location": f"{below}{CALLS_PATH}{delivery.new.id}{ANSWER}"}
        return document

    def _answer(self, exchange: AppExchange, delivery: Delivery) -> Reply:
        upstream = self._upstreams.get(delivery.new.vendor)
        answer = answer_of(delivery, upstream.kept_secrets) if upstream is not None else None
        if answer is None:
            detail = "There is no answer of the vendor's to it (yet); its record says where it stands."
            detail = delivery.unopened or detail
            return refused(PROBLEMS["not-found"], detail, retry_after_s=2.0)
        exchange.upstream = upstream
        return answer
