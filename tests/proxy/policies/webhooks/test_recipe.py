"""A recipe is worked out from the vendor file once: places, delimiters, headers, defaults."""

import re
from pathlib import Path

from ruamel.yaml import YAML

from tests.proxy.policies.webhooks.signed import FURTHER, recipe
from tidegate.proxy.policies.webhooks.recipe import TOLERANCE_S, Place, recipe_of
from tidegate.vendor.webhook_facts import WebhookFacts


def test_a_template_is_taken_apart_with_the_letter_that_ends_each_place() -> None:
    assert recipe("standard").parts == (Place("id", b"."), b".", Place("ts", b"."), b".", Place("raw"))
    assert recipe("slack").parts == (b"v0:", Place("ts", b":"), b":", Place("raw"))
    assert recipe("twilio").parts == (Place("url"), Place("sorted_form"))
    assert recipe("adyen").parts[:2] == (Place("/NotificationRequestItem/pspReference", b":"), b":")


def test_separators_are_those_of_the_form_unless_they_are_declared() -> None:
    assert (recipe("stripe").separator, recipe("stripe").assignment) == (b",", b"=")
    assert (recipe("standard").separator, recipe("standard").assignment) == (b" ", b",")
    assert (recipe("paddle").separator, recipe("paddle").assignment) == (b";", b"=")


def test_header_names_are_in_small_letters() -> None:
    made = recipe("slack", dedupe={"header": "X-Id"})
    assert (made.header, made.ts_header, made.id_header, made.dedupe_header) == (
        b"x-slack-signature",
        b"x-slack-request-timestamp",
        b"",
        b"x-id",
    )


def test_the_tolerance_is_five_minutes_where_the_file_does_not_say() -> None:
    assert recipe("stripe").tolerance_s == TOLERANCE_S == 300
    assert recipe("stripe", tolerance="10s").tolerance_s == 10
    assert recipe("stripe", tolerance="0s").tolerance_s == 0


def test_the_page_shows_the_blocks_that_are_tried_here(root: Path) -> None:
    page = (root / "docs" / "webhooks.md").read_text(encoding="utf-8")
    table = page.partition("| Vendor | `scheme` |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([\w ]+) \| `(\{.*\})` \|$", table, re.MULTILINE)
    assert len(rows) == 10
    for name, text in rows:
        assert YAML(typ="safe").load(text) == FURTHER[name.lower()], name


def test_without_a_scheme_there_is_no_recipe() -> None:
    assert recipe_of("source", WebhookFacts()) is None
