"""The vendor's own account of a run: what it was asked, as the simulator's journal has it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tidegate.loadtests.programs import RunError

JOURNAL_MAX = 200_000
"""Requests that the simulator's journal holds."""

Fetch = Callable[[str], tuple[int, bytes]]
"""GET of a path of the control API: status and content."""


@dataclass(frozen=True, slots=True)
class JournalRequest:
    """One request in the vendor's journal. `effects` are the kinds of the changes that it made, in order.

    `tag` is the sender's name of the call; `replayed` says that the answer was an earlier one's, kept under its key.
    """

    at_s: float
    operation: str
    status: int
    tag: str = ""
    effects: tuple[str, ...] = ()
    wall_s: float = 0.0
    replayed: bool = False
    refused: str = ""

    @property
    def carried_out(self) -> bool:
        """True where the vendor did what it was asked, whatever it then answered."""
        return bool(self.effects) or (200 <= self.status < 300 and not self.replayed)


def read_journal(fetch: Fetch, since: int = 0) -> list[JournalRequest]:
    """Everything that the simulator was asked after request number `since`, page by page.

    Raises RunError where it cannot say.
    """
    requests: list[JournalRequest] = []
    more = True
    while more:
        status, body = fetch(f"/journal?since={since}")
        if status != 200:
            raise RunError(f"the simulator's journal answered {status}")
        page = json.loads(body)
        if page["forgotten"] > since:
            raise RunError(f"the simulator forgot {page['forgotten']} requests; make the load smaller")
        requests += [_request(entry) for entry in page["entries"]]
        since, more = page["entries"][-1]["n"] if page["entries"] else since, page["more"]
    return requests


def last_number(fetch: Fetch) -> int:
    """The number of the newest request in the journal, 0 where there is none. Raises RunError."""
    since, more = 0, True
    while more:
        status, body = fetch(f"/journal?since={since}")
        if status != 200:
            raise RunError(f"the simulator's journal answered {status}")
        page = json.loads(body)
        since, more = page["entries"][-1]["n"] if page["entries"] else since, page["more"]
    return since


def _request(entry: Mapping[str, object]) -> JournalRequest:
    effects = entry["effects"]
    assert isinstance(effects, list)
    return JournalRequest(
        at_s=float(str(entry["at"])),
        wall_s=float(str(entry["wall"])),
        operation=str(entry["operation"]),
        status=int(str(entry["status"])),
        tag=str(entry.get("tag", "")),
        effects=tuple(str(effect["kind"]) for effect in effects),
        replayed=bool(entry.get("replayed", False)),
        refused=str(entry.get("refused", "")),
    )
