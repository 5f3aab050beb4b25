"""The pages from the code have every key, problem and rule, each with a meaning."""

import re

import pytest

from tests.site.reference_pages import (
    anchor,
    config_page,
    problem_page,
    rule_page,
    vendor_file_anchors,
    vendor_file_pages,
)
from tidegate.check.rulebook import CODES
from tidegate.configfile.field_tables import models_of
from tidegate.problems import PROBLEMS
from tidegate.proxy.config import Config
from tidegate.vendor.vendor_schema import vendor_reference


def rows(text: str) -> list[list[str]]:
    lines = re.findall(r"^\| (`.*) \|$", text, re.MULTILINE)
    return [re.split(r" (?<!\\)\| ", line) for line in lines]


def test_every_key_of_tidegate_yaml_has_form_default_and_meaning() -> None:
    found = rows(config_page())
    assert len(found) == sum(len(model.model_fields) for model in models_of(Config))
    assert [row for row in found if len(row) != 4 or not all(cell.strip() for cell in row)] == []
    assert ["`drain`", "like `2s`", "`30s`"] in [row[:3] for row in found]


def test_free_names_are_written_as_what_they_are() -> None:
    headings = re.findall(r"^## (.*)$", config_page(), re.MULTILINE)
    assert {"`use.<vendor>`", "`inbox.sources.<source>`", "`placeholders.<placeholder>`"} <= set(headings)
    assert any("`apps.<app>.webhooks`" in heading for heading in headings)


def test_every_problem_and_every_rule_has_a_row() -> None:
    assert re.findall(r"^\| \[`([a-z-]+)`\]", problem_page(), re.MULTILINE) == [*PROBLEMS]
    assert [row[0].strip("`") for row in rows(rule_page())] == [*CODES]


def test_the_parts_of_the_vendor_file_have_all_of_it_once() -> None:
    sections = re.findall(r"^## .*$", vendor_reference(), re.MULTILINE)
    parts = [line for text in vendor_file_pages().values() for line in re.findall(r"^## .*$", text, re.MULTILINE)]
    assert sorted(parts) == sorted([*sections, "## Its parts"])
    assert vendor_file_anchors()["factswebhooksscheme"] == "reference/vendor-file/facts-webhooks.md"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [("`misdirected` · 421", "misdirected--421"), ("`facts.limits[]`", "factslimits"), ("A [b](c.md) d", "a-b-d")],
)
def test_an_anchor_is_what_github_makes_of_a_heading(heading: str, expected: str) -> None:
    assert anchor(heading) == expected
