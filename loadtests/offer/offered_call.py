"""A call as the load generator sends it, in bytes and with its moment, and the file of calls (one JSON object a line).

It knows nothing of scenarios and documents: whoever sends it needs no more than this file.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class LoadTarget:
    """Where calls go: `base_url` is the vendor's place, `headers` those that every call has."""

    base_url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OfferedCall:
    """One call. `at_s` is its planned start in seconds of the run, `url` is absolute.

    `body` has a character for each byte. `name` is what Locust's statistics call it.
    """

    number: int
    at_s: float
    vendor: str
    name: str
    operation: str
    tag: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: str = ""

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        return self.body.encode("latin-1")

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From plain data, as `document` gives it."""
        return cls(**document)

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def write_calls(path: Path, calls: Iterable[OfferedCall]) -> None:
    """Write them all, one line each."""
    path.write_text("".join(f"{json.dumps(call.document())}\n" for call in calls), encoding="utf-8")


def read_calls(path: Path) -> list[OfferedCall]:
    """Read what write_calls wrote. Raises OSError where the file is not there."""
    return [OfferedCall.of(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
