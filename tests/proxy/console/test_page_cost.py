"""What each page of the console costs where there is much to show: less than 300 ms of processor time.

In short there are some hundred rows of each kind; the long form has 100,000 (TIDEGATE_CONSOLE_ROWS) and prints a table.
"""

import asyncio
import os
import time
from pathlib import Path

from tests.proxy.console.served_town import ServedTown, served_town
from tests.proxy.desk.letters import letter
from tests.proxy.examples import finished
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.store.audit.audit_chain import AuditEntry
from tidegate.proxy.telemetry.recent_calls import RECENT_MAX

ROWS = int(os.environ.get("TIDEGATE_CONSOLE_ROWS") or 400)
PAGE_CPU_S = 0.3
TOGETHER = 500
NOWHERE = "/there-is-no-page"
PAGES = (
    "/", "/vendors/things", "/vendors/things/operations/PostThings", "/calls", "/calls?vendor=things&verdict=success",
    "/calls?operation=PostShots", "/outbox", "/outbox?state=queued&app=shop", "/outbox?text=d77", "/inbox", "/dead",
    "/unknown", "/configuration", "/audit", "/audit?what=breaker.forced", "/audit?target=breaker:things/7",
    f"/audit?before={ROWS // 2}", NOWHERE,
)  # fmt: skip
FULL = {"/calls", "/outbox", "/audit"}
"""Pages that show as many rows as a page may."""


async def filled(served: ServedTown) -> None:
    """Put ROWS calls, deliveries and audit rows into a proxy."""
    parts = served.town.proxy.parts
    now = parts.store.clock.now()
    plan = served.town.proxy.gateway.plans("things")["GetThings"]
    calls = min(ROWS, 2 * RECENT_MAX)
    for number in range(calls):
        one: FinishedCall = finished(call_id=f"{number:024x}", plan=plan, app=f"app{number % 7}")
        parts.recent.add(one)
        served.town.proxy.telemetry.overview.tallies[one.plan.vendor].note(one)
    for some in (range(start, min(start + TOGETHER, ROWS)) for start in range(0, ROWS, TOGETHER)):
        entries = [AuditEntry("breaker.forced", "ada", now.wall, f"breaker:things/{number % 50}") for number in some]
        await parts.store.audit.append(entries, now)
        letters = [
            letter(number, vendor="things", operation="PostThings", accepted_wall=now.wall, deadline=1e9)
            for number in some
        ]
        bounds = BacklogBounds(rows=10 * ROWS)
        await asyncio.gather(*(parts.store.deliveries.accept(one, now, bounds) for one in letters))


async def test_each_page_costs_less_than_its_bound(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        await filled(served)
        costs = dict[str, float]()
        for path in PAGES:
            await served.browser.get(f"/console{path}")  # templates are compiled once
            began = time.process_time()
            page = await served.browser.get(f"/console{path}")
            costs[path] = time.process_time() - began
            assert page.status == (404 if path == NOWHERE else 200), page.words
            assert path not in FULL or page.text.count("<tr>") > 50, path
    for path, cost in sorted(costs.items(), key=lambda one: -one[1]):
        print(f"{cost * 1000:7.1f} ms  {path}")
    assert max(costs.values()) < PAGE_CPU_S, costs
