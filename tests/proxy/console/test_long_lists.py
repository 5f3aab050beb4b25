"""The pages of calls and deliveries over very many of both: each costs a bounded piece of a processor's time.

In short with 3,000 of each; `TIDEGATE_LONG_LISTS=100000` plays the long form.
"""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.proxy.console.desk_sources import desk_town, town_at
from tests.proxy.desk.letters import accept, letter
from tests.proxy.examples import attempt, finished
from tests.proxy.store.sqlite.delivery.cost import copy_rows
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.recent_calls import RecentCalls

ROWS = int(os.environ.get("TIDEGATE_LONG_LISTS") or 3_000)
PAGE_S = 0.3
"""Of a processor, for one page."""
PATHS = (
    "/calls", "/calls?app=office", "/calls?id=nothing", "/calls?since=1h&operation=PostNothing&verdict=success",
    "/calls?verdict=unsuccessful&problem=outcome-unknown", "/calls?after=c10", "/calls/c7",
    "/outbox", "/outbox?state=dead&reason=expired", "/outbox?text=nothing", "/outbox?operation=PostNothing&after=900",
    "/inbox", "/dead", "/dead?app=shop&vendor=stripe&text=k", "/unknown", "/deliveries/d1001",
    "/deliveries/d1018/replay", "/replay?box=outbox",
)  # fmt: skip
FAILED = {
    "status": 504, "outcome": Outcome.UNKNOWN, "verdict": Verdict.FAILED, "problem": PROBLEMS["outcome-unknown"],
    "attempts": [attempt(1, status=503, verdict=Verdict.FAILED, then="backoff"), attempt(2)], "app": "office",
}  # fmt: skip


def fill(place: Path) -> None:
    """Copies of the only delivery; one in twenty is dead, one in a hundred parked."""
    with closing(sqlite3.connect(place)) as file:
        copy_rows(file, "d1", range(1000, ROWS + 1000))
        file.execute("UPDATE deliveries SET state = 'dead', dead_reason = 'expired' WHERE seq % 20 = 0")
        file.execute("UPDATE deliveries SET state = 'parked' WHERE seq % 100 = 1")
        file.commit()


async def test_a_page_over_very_many_costs_little(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1))
    fill(tmp_path / "store.db")
    recent = RecentCalls(ROWS)
    for number in range(ROWS):
        recent.add(finished(call_id=f"c{number}", **(FAILED if number % 50 == 0 else {})))
    spent: dict[str, float] = {}
    async with town_at(tmp_path, recent) as town:
        await town.browser.get("/console/calls/c1")  # templates are read once
        for path in PATHS:
            before = time.process_time()
            page = await town.browser.get(f"/console{path}")
            spent[path] = time.process_time() - before
            assert page.status == 200, path
    print({path: round(one * 1000) for path, one in spent.items()})
    assert max(spent.values()) < PAGE_S, spent
