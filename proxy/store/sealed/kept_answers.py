"""A vendor's answers as the records of its calls keep them: without its secrets, and sealed where that is wanted.

Header lines and body are sealed as one. It knows nothing of how records are stored.
"""

from collections.abc import Iterable

from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.resilience.idempotency_record import IdempotencyRecord
from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX, headers_of
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealing_keys import Unopened, is_sealed
from tidegate.proxy.store.stored_headers import headers_from, stored_headers


class KeptAnswers:
    """See the module. One for each vendor; `seal` is None until there is one."""

    def __init__(self, vendor: str, secrets: Iterable[str]) -> None:
        self._vendor, self.secrets = vendor, KeptSecrets(secrets)
        self.seal: Seal | None = None

    def hidden(self, headers: RawHeaders, body: bytes, call_id: str) -> tuple[RawHeaders, bytes]:
        """The answer to a call as it may be kept."""
        headers, body = self.secrets.hidden(headers, body)
        seal = self.seal
        if seal is None:
            return headers, body
        place = _place(call_id)
        if not seal.wanted(self._vendor):
            return headers, seal.put(body, place, wanted=False)
        if len(body) > BODY_KEPT_BYTES_MAX:
            return (), body  # it is not kept
        return (), seal.put(stored_headers(headers) + b"\n" + body, place, wanted=True)

    def shown(self, record: IdempotencyRecord) -> tuple[RawHeaders, bytes] | Unopened:
        """A kept answer as the vendor gave it."""
        headers, body = headers_of(record), record.body
        if self.seal is not None:
            opened = self.seal.open_all((body,), (_place(record.call_id),))
            if isinstance(opened, Unopened):
                return opened
            (body,) = opened
            if is_sealed(record.body):
                lines, _, body = body.partition(b"\n")
                headers = headers_from(lines)
        return self.secrets.shown(headers, body)


def _place(call_id: str) -> str:
    return f"record {call_id}"
