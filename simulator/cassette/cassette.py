"""Cassettes: exchanges with a vendor, written down and played again. docs/cassettes.md describes the format.

A file of JSON lines: a head, then a line for each exchange, so that a recording that is cut off loses its last line at
most. Whoever writes one hides the secrets; nothing here knows where an exchange comes from.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from errno import EFBIG, EINVAL
from pathlib import Path
from stat import S_ISREG
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import orjson

from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor
from tidegate.redaction.secret import REDACTED
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.record.sent_request import hidden as without_secret_fields

VERSION = 1

OF_THE_WIRE = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "date", "server", "upgrade"}
)
"""Headers that belong to one transfer (RFC 9110 §7.6.1) and are made anew for each."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request's or an answer's headers, names in lower case, and its body, decoded."""

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One request and its answer. `path` carries its query."""

    method: str
    path: str
    request: Message
    status: int
    answer: Message
    took_s: float = 0.0

    def line(self) -> bytes:
        """The exchange as a line of a cassette."""
        request = {"method": self.method, "path": self.path, **_written(self.request)}
        answer = {"status": self.status, **_written(self.answer)}
        return orjson.dumps({"request": request, "answer": answer, "took_s": round(self.took_s, 6)}) + b"\n"


def _written(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {"headers": dict(message.headers)}
    if message.body:
        try:
            fields["body"] = message.body.decode()
        except UnicodeDecodeError:
            fields["body_base64"] = b64encode(message.body).decode()
    return fields


def hidden(exchange: RecordedExchange, redactor: Redactor) -> RecordedExchange:
    """The exchange without secrets.

    Hidden are values of headers that are not known to be harmless, of members of bodies whose names sound like a
    secret, and known values anywhere.
    """

    def message(recorded: Message) -> Message:
        try:
            body = without_secret_fields(redactor.text(recorded.body.decode())).encode()
        except UnicodeDecodeError:  # a text of as many letters as it has bytes stands for it
            body = redactor.text(recorded.body.decode("latin-1")).encode("latin-1")
        return Message(redactor.headers(recorded.headers.items()), body)

    return RecordedExchange(
        exchange.method,
        redactor.url(exchange.path),
        message(exchange.request),
        exchange.status,
        message(exchange.answer),
        exchange.took_s,
    )


class Recorder:
    """Writes a cassette, line by line. Raises UsageError where the file cannot be written."""

    def __init__(self, path: Path, vendor: str, redactor: Redactor) -> None:
        self._redactor = redactor
        try:
            self._file = path.open("xb", buffering=0)
        except FileExistsError:
            raise UsageError(f"{path}: this file is there already; choose another, or remove it first") from None
        except OSError as error:
            raise UsageError(f"{path}: the cassette cannot be written: {error.strerror}") from None
        self._file.write(orjson.dumps({"cassette": VERSION, "vendor": vendor}) + b"\n")

    def write(self, exchange: RecordedExchange) -> None:
        """Add one exchange, its secrets hidden."""
        self._file.write(hidden(exchange, self._redactor).line())

    def close(self) -> None:
        """Nothing follows."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.close()


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as a cassette has them."""
    return {name.lower(): value for name, value in headers.items()}


Key = tuple[str, str, tuple[tuple[str, str], ...], bytes]


class Cassette:
    """Plays exchanges. The nth request of its kind gets the nth answer of its kind, and the last one from then on."""

    def __init__(self, exchanges: Iterable[RecordedExchange]) -> None:
        self._answers: dict[Key, list[Answer]] = {}
        self._played: dict[Key, int] = {}
        for exchange in exchanges:
            key = _key(
                exchange.method, exchange.path, exchange.request.headers.get("content-type", ""), exchange.request.body
            )
            self._answers.setdefault(key, []).append(
                Answer(exchange.status, exchange.answer.body, _shown(exchange.answer.headers))
            )

    @classmethod
    def load(cls, path: Path) -> "Cassette":
        """Read a file. Raises UsageError, which names the line."""
        return cls(read(path))

    def __len__(self) -> int:
        """The number of answers."""
        return sum(map(len, self._answers.values()))

    def play(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer | None:
        """The recorded answer to this request, None where there is none. Of its headers only the media type counts."""
        key = _key(method, path, headers.get("Content-Type", ""), body)
        answers = self._answers.get(key)
        if answers is None:
            return None
        turn = self._played.get(key, 0)
        self._played[key] = turn + 1
        return answers[min(turn, len(answers) - 1)]

    def rewind(self) -> None:
        """Begin again."""
        self._played.clear()


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in OF_THE_WIRE and value != REDACTED}


def _key(method: str, path: str, media: str, body: bytes) -> Key:
    place, _, query = path.partition("?")
    return method.upper(), place, tuple(sorted(parse_qsl(query, keep_blank_values=True))), _plain(media, body)


def _plain(media: str, body: bytes) -> bytes:
    """The body with what does not matter left out: the order of an object's or a form's fields."""
    kind = media.partition(";")[0].strip().lower()
    try:
        if kind.endswith("json"):
            return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS) if body else b""
        if kind == "application/x-www-form-urlencoded":
            return orjson.dumps(sorted(parse_qsl(body.decode(), keep_blank_values=True)))
    except (ValueError, TypeError):  # the second is orjson's, for what is nested too deep to be written
        pass  # what cannot be read is compared as it is
    return body


FILE_BYTES_MAX = 1 << 28
"""A larger cassette, or archive, is not read."""


def content(path: Path) -> bytes:
    """The bytes of a recording. Raises OSError; also for a pipe or a device, which might have no end."""
    about = path.stat()
    if not S_ISREG(about.st_mode):
        raise OSError(EINVAL, "it is no file")
    if about.st_size > FILE_BYTES_MAX:
        raise OSError(EFBIG, f"it has more than {FILE_BYTES_MAX >> 20} MiB")
    return path.read_bytes()


def read(path: Path) -> Iterator[RecordedExchange]:
    """The exchanges of a cassette. Raises UsageError, which names the line."""
    try:
        lines = content(path).splitlines()
    except OSError as error:
        raise UsageError(f"{path}: the cassette cannot be read: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        try:
            document = orjson.loads(line)
            if number == 1:
                _check_head(document)
            else:
                yield _exchange(document)
        except orjson.JSONDecodeError:
            raise UsageError(f"{path}:{number}: this line is not JSON; was the recording cut off here?") from None
        except (KeyError, TypeError, ValueError, AttributeError, Base64Error) as error:
            raise UsageError(f"{path}:{number}: {_reason(error)}; docs/cassettes.md describes the format") from None
    if not lines:
        raise UsageError(f"{path}: this cassette is empty; its first line must be its head")


def _check_head(head: Any) -> None:
    if not isinstance(head, dict) or head.get("cassette") != VERSION:
        raise ValueError(f'the first line must be the head of a cassette, like {{"cassette": {VERSION}}}')


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    return str(error) if type(error) is ValueError else "this is not an exchange"


def _exchange(document: Any) -> RecordedExchange:
    request, answer = document["request"], document["answer"]
    status = answer["status"]
    if not isinstance(status, int) or not 100 <= status <= 599:
        raise ValueError(f"the status is {status!r}; it must be a number from 100 to 599")
    return RecordedExchange(
        str(request["method"]),
        str(request["path"]),
        _message(request),
        status,
        _message(answer),
        float(document.get("took_s", 0.0)),
    )


def _message(document: Any) -> Message:
    headers = {str(name).lower(): str(value) for name, value in document.get("headers", {}).items()}
    if "body_base64" in document:
        return Message(headers, b64decode(document["body_base64"], validate=True))
    return Message(headers, str(document.get("body", "")).encode())
