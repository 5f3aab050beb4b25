"""Tests of tidegate.proxy.console.views.operation."""

import json
from pathlib import Path

from tests.proxy.console.served_town import served_town
from tests.proxy.examples import plan
from tidegate.plan.plan_words import value_names
from tidegate.proxy.console.views.operation import value_rows


async def test_an_operation_shows_its_stages_and_every_value_as_explain_does(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        page = await served.browser.get("/console/vendors/things/operations/PostThings")
        assert page.status == 200
        words = page.words
        assert "POST /things" in words
        assert "first_byte_s 3s vendor.yaml:1" in words
        assert "retry 3 attempts" in words
        assert all(f"<code>{name}" in page.text or f">{name}<" in page.text for name in value_names())


async def test_an_operation_whose_id_has_a_slash_is_found(tmp_path: Path) -> None:
    odd = {"/odd": {"get": {"operationId": "odd/<get>%2F", "responses": {"200": {"description": "ok"}}}}}
    async with served_town(tmp_path, paths=odd) as served:
        listed = await served.browser.get("/console/vendors/things?q=odd")
        address = listed.text.partition('href="/console/vendors/things/operations/')[2].partition('"')[0]
        page = await served.browser.get(f"/console/vendors/things/operations/{address}")
        assert (page.status, "things: odd/<get>%2F" in page.words) == (200, True)


async def test_one_that_is_not_there_is_said_with_the_nearest_name(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        page = await served.browser.get("/console/vendors/things/operations/GetShings")
        assert (page.status, "; did you mean GetThings?" in page.words) == (404, True)


def test_a_value_has_its_origin() -> None:
    rows = {row.name: row.origin for row in value_rows(plan(origins={"budget_s": "vendor.yaml:3"}))}
    assert (rows["budget_s"], rows["attempt_s"]) == ("vendor.yaml:3", "default")
    assert json.dumps(rows)
