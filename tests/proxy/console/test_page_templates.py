"""Tests of tidegate.proxy.console.page_templates."""

import pytest
from jinja2 import UndefinedError

from tidegate.proxy.console.page_templates import rendered


def test_a_value_is_escaped_in_text_and_in_attributes() -> None:
    page = rendered("arrival.html", {"to": "\"><script>x</script>'"}).decode()
    assert "<script>x" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered("arrival.html", {})


def test_half_a_character_is_shown_somehow() -> None:
    assert b"?" in rendered("arrival.html", {"to": "\udcff"})
