"""Tests of tidegate.proxy.console.shown_values."""

import pytest

from tidegate.proxy.console.shown_values import FILTERS, count, listed, moment, plain, pretty, seconds, segment, share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (0.0, "0 ms"), (0.0123, "12.3 ms"), (1.5, "1.5 s"), (59.9, "59.9 s"), (60, "1 min"),
        (200, "3 min 20 s"), (7500, "2 h 5 min"), (90_000, "1 d 1 h"), (86_400, "1 d"),
    ],
)  # fmt: skip
def test_a_duration_is_written_in_its_two_greatest_units(value: float | None, text: str) -> None:
    assert seconds(value) == text


def test_shares_counts_and_moments_are_written_for_people() -> None:
    assert [share(one) for one in (None, 0, 0.873, 0.001, 1, 0.999)] == ["–", "0 %", "87 %", "0.1 %", "100 %", "99.9 %"]
    assert [count(one) for one in (None, 12345, 0, 1.25, 0.1234)] == ["–", "12,345", "0", "1.2", "0.12"]
    assert moment(0) == "1970-01-01 00:00:00Z"
    assert [moment(one) for one in (None, -1.0, 1e18, float("nan"))] == ["–"] * 4


def test_a_segment_of_a_path_holds_no_slash() -> None:
    assert segment("a/b?c#d e") == "a%2Fb%3Fc%23d%20e"


def test_a_kind_of_deliveries_leads_to_the_list_that_shows_it() -> None:
    kind = {"box": "outbox", "app": "shop", "vendor": "a&b"}
    assert listed(kind | {"state": "dead"}) == "/dead?vendor=a%26b&app=shop"
    assert listed(kind | {"state": "parked"}) == listed(kind | {"state": "unknown"}) == "/unknown?vendor=a%26b&app=shop"
    assert listed(kind | {"state": "waiting"}) == "/outbox?state=waiting&vendor=a%26b&app=shop"


def test_a_document_is_written_a_member_in_a_line() -> None:
    assert pretty({"a": 1}) == '{\n  "a": 1\n}'


def test_values_of_any_kind_are_written_plainly() -> None:
    assert [plain(one) for one in (True, False, [1, "a"], (), None, 1.5)] == ["yes", "no", "1, a", "", "None", "1.5"]


def test_every_filter_takes_a_value() -> None:
    values = {"segment": "x", "listed": {"box": "inbox", "app": "", "vendor": "", "state": "done"}}
    assert all(write(values.get(name, 1)) for name, write in FILTERS.items())
