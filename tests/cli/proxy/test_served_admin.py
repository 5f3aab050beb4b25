"""Tests of tidegate.cli.proxy.served_admin."""

import json
from pathlib import Path

import orjson

from tests.proxy.console.served_town import served_town
from tests.proxy.town import ENVIRON

ADMINS = [{"name": "ada", "token": "env:DESK_TOKEN"}]


async def test_the_port_has_pages_for_programs_and_the_console_for_people(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        assert orjson.loads((await served.browser.get("/state")).text)["vendors"].keys() == {"things"}
        overview = await served.browser.get("/console/")
        assert (overview.status, "things" in overview.words) == (200, True)


async def test_logins_are_recorded_with_and_without_a_good_token_and_the_token_nowhere(tmp_path: Path) -> None:
    token = ENVIRON["DESK_TOKEN"]
    async with served_town(tmp_path, config={"admin_tokens": ADMINS}) as served:
        browser, audit = served.browser, served.town.proxy.audit
        assert (await browser.log_in("another")).status == 401
        done = await browser.log_in(token)
        assert (done.status, done.headers["Set-Cookie"].split("=")[0]) == (303, f"tidegate_session_{browser.port}")
        page = await browser.get("/console/audit")
        assert token not in page.text
        await audit.flush(5.0)
        rows = [json.loads(row.line) for row in await served.town.proxy.parts.store.audit.rows()]
        recorded = [(row["what"], row["who"], row["target"]) for row in rows]
        assert recorded == [
            ("admin.refused", "nobody", "address:127.0.0.1"), ("admin.login", "ada", "address:127.0.0.1"),
        ]  # fmt: skip
        assert token not in json.dumps(rows)
