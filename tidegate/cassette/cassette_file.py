"""A cassette's file: a head, then a line of JSON for each exchange. docs/cassettes.md describes the format.

So a recording that is cut off loses its last line at most. Secrets are hidden before a line is written. Nothing here
knows where an exchange comes from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EFBIG, EINVAL
from pathlib import Path
from stat import S_ISREG
from types import TracebackType
from typing import Any, Self

import orjson

from tidegate.cassette.hiding import hidden
from tidegate.cassette.recorded_exchange import RecordedExchange, exchange_of
from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor

VERSION = 1

FILE_BYTES_MAX = 1 << 28
"""A larger cassette, or archive, is not read."""


@dataclass(frozen=True, slots=True)
class CassetteHead:
    """The first line. `recorded_s` is the wall clock's second when the recording began, None where it is not said."""

    vendor: str
    recorded_s: float | None = None

    def line(self) -> bytes:
        """As the file has it."""
        head: dict[str, Any] = {"cassette": VERSION, "vendor": self.vendor}
        if self.recorded_s is not None:
            stamp = datetime.fromtimestamp(self.recorded_s, UTC).replace(microsecond=0)
            head["recorded_at"] = stamp.isoformat().replace("+00:00", "Z")
        return orjson.dumps(head) + b"\n"


class Recorder:
    """Writes a cassette, line by line. `recorded_s` is the wall clock's second of its first exchange.

    Raises UsageError where the file cannot be written, or is there already.
    """

    def __init__(self, path: Path, vendor: str, redactor: Redactor, recorded_s: float) -> None:
        self._redactor = redactor
        try:
            self._file = path.open("xb", buffering=0)
        except FileExistsError:
            raise UsageError(f"{path}: this file is there already; choose another, or remove it first") from None
        except OSError as error:
            raise UsageError(f"{path}: the cassette cannot be written: {error.strerror}") from None
        self._file.write(CassetteHead(vendor, recorded_s).line())

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


def content(path: Path) -> bytes:
    """The bytes of a recording. Raises OSError; also for a pipe or a device, which might have no end."""
    about = path.stat()
    if not S_ISREG(about.st_mode):
        raise OSError(EINVAL, "it is no file")
    if about.st_size > FILE_BYTES_MAX:
        raise OSError(EFBIG, f"it has more than {FILE_BYTES_MAX >> 20} MiB")
    return path.read_bytes()


def read_head(path: Path) -> CassetteHead:
    """The head of a cassette. Raises UsageError, which names the line."""
    return _head(path, _lines(path)[0])


def read(path: Path) -> Iterator[RecordedExchange]:
    """The exchanges of a cassette. Raises UsageError, which names the line."""
    first, *lines = _lines(path)
    _head(path, first)
    for number, line in enumerate(lines, 2):
        try:
            exchange = exchange_of(_json(path, number, line))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"{path}:{number}: {_reason(error)}; docs/cassettes.md describes the format") from None
        yield exchange


def _lines(path: Path) -> list[bytes]:
    try:
        lines = content(path).removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: the cassette cannot be read: {error.strerror}") from None
    if not lines:
        raise UsageError(f"{path}: this cassette is empty; its first line must be its head")
    return lines


def _head(path: Path, line: bytes) -> CassetteHead:
    head = _json(path, 1, line)
    if not isinstance(head, dict) or head.get("cassette") != VERSION:
        text = f'the first line must be the head of a cassette, like {{"cassette": {VERSION}}}'
        raise UsageError(f"{path}:1: {text}; docs/cassettes.md describes the format")
    stamp = head.get("recorded_at")
    try:
        at = datetime.fromisoformat(stamp) if stamp is not None else None
    except (ValueError, TypeError):
        raise UsageError(f"{path}:1: recorded_at is {stamp!r}; it looks like 2026-01-31T12:00:00Z") from None
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return CassetteHead(str(head.get("vendor", "")), at.timestamp() if at is not None else None)


def _json(path: Path, number: int, line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        raise UsageError(f"{path}:{number}: this line is not JSON; was the recording cut off here?") from None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    return str(error) if type(error) is ValueError else "this is not an exchange"
