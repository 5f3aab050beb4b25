"""The request log: the journal in a file, one line of JSON for each request, written when it is over.

No secret gets there: credentials are in no entry, query values that sound like one are hidden, and known secrets are
scrubbed from every line.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor
from tidegate.simulator.record.journal import JournalEntry


class RequestLog:
    """A file that is added to. Raises UsageError where it cannot be opened.

    When the disk takes no more, `complain` is told once, and the vendor goes on without its log.
    """

    def __init__(self, path: Path, secrets: Iterable[str], complain: Callable[[str], None]) -> None:
        self._path = path
        self._redactor = Redactor(secrets)
        self._complain = complain
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise UsageError(f"{path}: this log cannot be written: {error.strerror}") from None

    def write(self, entry: JournalEntry) -> None:
        """One line."""
        if self._file.closed:
            return
        described = entry.described()
        described["path"] = self._redactor.url(entry.path)
        described["effects"] = [effect["kind"] for effect in entry.effects]
        time = datetime.fromtimestamp(entry.wall, UTC).isoformat(timespec="milliseconds")
        line = orjson.dumps({"time": time, **described}).decode()
        try:
            self._file.write(self._redactor.text(line).encode() + b"\n")
        except OSError as error:
            self._file.close()
            self._complain(f"{self._path}: nothing more is logged: {error.strerror}")

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()
