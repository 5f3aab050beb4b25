"""Tests of tidegate.proxy.console.views.configuration, of a whole proxy over real sockets."""

import json
from pathlib import Path

from tests.proxy.console.served_town import served_town
from tests.proxy.town import VENDOR


async def test_what_is_in_force_and_what_was_refused_is_shown_and_read_anew_by_hand(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        browser = served.browser
        first = await browser.get("/console/configuration")
        assert "use.things.base_url" in first.words
        assert "refused" not in first.words
        (tmp_path / "vendor.yaml").write_text(json.dumps({**VENDOR, "owners": 1}))
        await served.reloader.reload()
        page = await browser.get("/console/configuration")
        row = page.text.partition(">things<")[2].partition("</tr>")[0]
        assert "refused" in row
        assert "there is no field owners here; did you mean owner?" in row
        (tmp_path / "vendor.yaml").write_text(json.dumps({**VENDOR, "purpose": "Keeps other things."}))
        question = await browser.post("/console/configuration", {"csrf": page.csrf})
        assert "Read every file now?" in question.words
        done = await browser.post("/console/configuration", {"csrf": page.csrf, "sure": "yes"})
        assert "In force: things." in (await browser.get(done.headers["Location"])).words
        await served.town.proxy.audit.flush(5.0)
        rows = [json.loads(row.line)["what"] for row in await served.town.proxy.parts.store.audit.rows()]
        assert rows == ["reload.refused", "reload.asked", "reload.accepted"]
