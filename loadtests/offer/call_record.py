"""The load generator's record of each call, and the file of records (one JSON object a line).

It knows nothing of Locust and judges nothing: the generator writes here what the verdict reads.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call that was made. Times are seconds from the start of the run; `status` is 0 where no answer came."""

    number: int
    name: str
    tag: str
    planned_s: float
    started_s: float
    ended_s: float
    status: int
    retry_after: str | None = None
    later: bool = False
    """The proxy has taken the write, and carries it out later: its own 202."""
    problem: str | None = None
    """The proxy's own problem type (Tidegate-Problem), where the answer is its own refusal."""
    error: str | None = None
    """The failure on the wire, where no answer came."""
    method: str = ""
    url: str = ""
    """Where nobody planned the call, what was asked for."""

    @property
    def waited_s(self) -> float:
        """Seconds from the planned start to the answer: what a caller who came at that moment waited."""
        return self.ended_s - self.planned_s

    @property
    def late_s(self) -> float:
        """Seconds by which the generator itself missed the planned start."""
        return self.started_s - self.planned_s


def is_accepted(status: int, proxy_status: str | None) -> bool:
    """True of the proxy's own 202: it names itself alone in Proxy-Status (RFC 9209), a vendor's 202 goes through."""
    return status == 202 and proxy_status == "tidegate"


def write_records(path: Path, records: Iterable[CallRecord]) -> None:
    """Write them all, one line each."""
    path.write_text("".join(f"{json.dumps(asdict(record))}\n" for record in records), encoding="utf-8")


def read_records(path: Path) -> list[CallRecord]:
    """Read what write_records wrote. Raises OSError where the file is not there."""
    return [CallRecord(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
