"""Plays a cassette: the recorded answer for a request that is on it. Knows nothing of how one is written."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tidegate.cassette.cassette_file import read
from tidegate.cassette.recorded_exchange import RecordedExchange
from tidegate.redaction.secret import REDACTED
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.cassette.request_key import RequestKey, key_of

OF_THE_WIRE = frozenset(
    {
        "connection", "content-encoding", "content-length", "date", "keep-alive", "proxy-connection",
        "server", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""Headers that belong to one transfer (RFC 9110 §7.6.1) and are made anew for each."""

FINAL = 200
"""An answer below is none yet (RFC 9110 §15.2), or what followed it was no HTTP: nobody can play it."""

ADDRESSES = ("content-location", "link", "location", "operation-location")
"""Headers that hold addresses: an app that follows one must come back here, and not to whoever was recorded."""

Form = tuple[str, int, tuple[str, ...]]


class Cassette:
    """Plays exchanges. The nth request of its kind gets the nth answer of its kind, and the last one from then on."""

    def __init__(self, exchanges: Iterable[RecordedExchange]) -> None:
        self._answers: dict[RequestKey, list[Answer]] = {}
        self._played: dict[RequestKey, int] = {}
        self._open: dict[Form, list[RequestKey]] = {}
        self._hosts: dict[str, None] = {}
        for exchange in exchanges:
            if exchange.status < FINAL:
                continue
            asked = exchange.request
            key = key_of(exchange.method, exchange.path, asked.headers.get("content-type", ""), asked.body)
            if key not in self._answers and key.is_open:
                self._open.setdefault(key.form, []).append(key)
            self._answers.setdefault(key, []).append(
                Answer(exchange.status, exchange.answer.body, _shown(exchange.answer.headers))
            )
            if host := asked.headers.get("host", ""):
                self._hosts[host.lower()] = None
        self._own = _addresses(self._hosts)

    @classmethod
    def load(cls, path: Path) -> "Cassette":
        """Read a file. Raises UsageError, which names the line."""
        return cls(read(path))

    def __len__(self) -> int:
        """The number of answers."""
        return sum(map(len, self._answers.values()))

    def play(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer | None:
        """The recorded answer to this request, None where there is none. Of its headers only the media type counts."""
        asked = key_of(method, path, headers.get("Content-Type", ""), body)
        key = asked if asked in self._answers else self._opened(asked)
        if key is None:
            return None
        turn, answers = self._played.get(key, 0), self._answers[key]
        self._played[key] = turn + 1
        return self._here(answers[min(turn, len(answers) - 1)], headers.get("Host", ""))

    def rewind(self) -> None:
        """Begin again."""
        self._played.clear()

    def _opened(self, asked: RequestKey) -> RequestKey | None:
        """A recorded request that is this one, with some value for each that was hidden."""
        return next((key for key in self._open.get(asked.form, ()) if key.allows(asked)), None)

    def _here(self, answer: Answer, host: str) -> Answer:
        """The answer, its headers' addresses of the recorded vendor turned into addresses of this one."""
        named = [name for name in ADDRESSES if name in answer.headers]
        if not named or self._own is None or not host:
            return answer
        moved = {name: self._own.sub(lambda _: f"http://{host}", answer.headers[name]) for name in named}
        return Answer(answer.status, answer.body, {**answer.headers, **moved})


def _addresses(hosts: Iterable[str]) -> "re.Pattern[str] | None":
    """The beginning of an address at one of these hosts, its scheme's own port written or not."""
    plain = {re.escape(re.sub(r":(?:80|443)$", "", host)) for host in hosts}
    return (
        re.compile(rf"(?i)https?://(?:{'|'.join(sorted(plain))})(?::(?:80|443))?(?=[/?#>;,\"\s]|$)") if plain else None
    )


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in OF_THE_WIRE and value != REDACTED}
