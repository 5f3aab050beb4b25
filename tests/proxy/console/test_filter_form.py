"""Tests of tidegate.proxy.console.filter_form."""

from tidegate.proxy.console.filter_form import VALUE_CHARS_MAX, FilterField, as_query, choice, filled

FIELDS = (FilterField("app", "App"), choice("state", "State", ["dead", "done"]))


def test_what_was_given_is_shown_again_and_goes_into_links() -> None:
    fields = filled(FIELDS, {"app": " a&b ", "state": "dead", "other": "x"})
    assert [field.value for field in fields] == ["a&b", "dead"]
    assert as_query(fields, after="7") == "app=a%26b&state=dead&after=7"
    assert as_query(filled(FIELDS, {"app": "", "state": ""})) == ""


def test_a_value_that_is_none_of_a_choice_is_shown_and_a_long_one_is_cut() -> None:
    app, state = filled(FIELDS, {"state": "strange", "app": "x" * 1000})
    assert ("strange", "strange") in state.options
    assert len(app.value) == VALUE_CHARS_MAX
