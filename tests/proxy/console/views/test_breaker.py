"""Tests of tidegate.proxy.console.views.breaker, of a whole proxy over real sockets."""

import json
from pathlib import Path

from tests.proxy.console.served_town import served_town

PATH = "/console/vendors/things/breakers/default"


async def test_a_breaker_is_kept_open_and_let_go_and_both_are_recorded(tmp_path: Path) -> None:
    async with served_town(tmp_path, [200]) as served:
        browser, proxy = served.browser, served.town.proxy
        await served.town.ask("GET", "/things/things")
        form = {"csrf": (await browser.get("/console/vendors/things")).csrf, "to": "open"}
        question = await browser.post(PATH, form)
        assert "No call of this group reaches the vendor" in question.words
        assert proxy.state()["things"].breakers["default"]["state"] == "closed"
        done = await browser.post(PATH, {**form, "sure": "yes", "note": "the vendor asked"})
        assert done.status == 303
        after = await browser.get(done.headers["Location"])
        assert "The breaker default of things is kept open." in after.words
        assert "Let go" in after.words
        assert (await browser.post(PATH, {**form, "to": "release", "sure": "yes"})).status == 303
        assert proxy.state()["things"].breakers["default"]["state"] == "closed"
        rows = [json.loads(row.line) for row in await proxy.parts.store.audit.rows()]
        recorded = [(row["what"], row.get("reason", "")) for row in rows if row["what"].startswith("breaker")]
        assert recorded == [("breaker.forced", "the vendor asked"), ("breaker.released", "")]
        assert rows[0]["target"] == "breaker:things/default"


async def test_what_cannot_be_meant_changes_nothing(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        form = {"csrf": (await served.browser.get("/console/configuration")).csrf, "sure": "yes"}
        assert (await served.browser.post(PATH, {**form, "to": "ajar"})).status == 400
        missing = await served.browser.post("/console/vendors/things/breakers/none", {**form, "to": "open"})
        assert (missing.status, "has no breaker" in missing.words) == (404, True)
