"""Judges a round from the journal of the town against what apps and the vendor were told."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.acceptance.kills.load import Intent


@dataclass
class Journal:
    """What the town wrote down so far."""

    effects: Counter[str]
    order: Mapping[str, Sequence[str]]
    """Till → the references of its lines, as they were carried out."""
    requests: set[str]
    posts: Mapping[str, set[str]]
    """Event → the webhook-ids that it was posted under."""
    results: Mapping[str, set[str]]
    """Deferred write → the webhook-ids that its end was told its app under."""
    alarms: Mapping[str, set[str]]
    """Delivery → the webhook-ids that its end was told under."""


def read_journal(file: Path) -> Journal:
    """All of it."""
    effects, requests = Counter[str](), set[str]()
    order: dict[str, list[str]] = defaultdict(list)
    heard: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in map(json.loads, file.read_text().splitlines()):
        match line["what"]:
            case "effect":
                effects[line["ref"]] += 1
                order[line["till"]].append(line["ref"])
            case "request":
                requests.add(line["ref"])
            case "post":
                heard[line["path"]][line["event"]].add(line["webhook"])
    return Journal(effects, order, requests, heard["/hooks"], heard["/results"], heard["/events"])


@dataclass
class Count:
    """A row of the table."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    unsure: int = 0
    """Writes under way, or unknown, when the proxy died."""
    resolved: int = 0
    """Of these, ended by themselves; a person decided about the others, which nothing makes safe to resend."""
    by_hand: int = 0
    missed: int = 0
    """Rounds in which the point was not come to."""
    flaws: list[str] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        """Add another's."""
        for name in ("rounds", "acknowledged", "lost", "doubled", "unsure", "resolved", "by_hand", "missed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.flaws += other.flaws


def judge(intents: Sequence[Intent], journal: Journal) -> Count:
    """Once everything has come to rest: what was lost, and what was doubled."""
    count = Count()
    for intent in intents:
        hook = intent.kind == "webhook"
        times = len(journal.posts[intent.ref]) if hook else journal.effects[intent.ref]
        count.acknowledged += intent.acknowledged
        if intent.acknowledged and not times:
            count.lost += 1
            count.flaws.append(f"lost: {intent}")
        if times > 1:
            count.doubled += 1
            count.flaws.append(f"doubled: {intent}, {times} times")
        if intent.call_id and intent.kind != "shout" and intent.do != "reject":
            results = len(journal.results[intent.call_id])
            count.lost += not results
            count.doubled += results > 1
            if results != 1:
                count.flaws.append(f"its result was told {results} times: {intent}")
    for till in {intent.till for intent in intents if intent.till}:
        wanted = [intent.ref for intent in intents if intent.till == till and journal.effects[intent.ref]]
        if [ref for ref in journal.order[till] if ref in wanted] != wanted:
            count.flaws.append(f"out of order: {till}: {journal.order[till]}")
    return count
