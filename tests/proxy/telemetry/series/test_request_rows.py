"""Tests of tidegate.proxy.telemetry.series.request_rows."""

from tests.proxy.examples import attempt
from tidegate.proxy.telemetry.series.histogram import Histogram
from tidegate.proxy.telemetry.series.request_rows import ROWS_MAX, RequestRows, error_type, shown_method, summed


def test_rows_are_bounded_and_nothing_is_lost_beyond_the_bound() -> None:
    rows = RequestRows()
    for number in range(ROWS_MAX + 500):  # a vendor that draws its statuses, on paths without end
        rows["stripe", f"/v1/{number}", "GET", str(100 + number % 900), ""].observe(0.001)
    assert len(rows) == ROWS_MAX + 1
    assert rows["stripe", "", "GET", "", "_OTHER"].counts[0] == 500
    assert sum(sum(row.counts) for row in rows.values()) == ROWS_MAX + 500
    rows["stripe", "/v1/0", "GET", "100", ""].observe(0.001)  # what was there before goes on
    assert rows["stripe", "/v1/0", "GET", "100", ""].counts[0] == 2


def test_a_method_that_the_conventions_do_not_know_is_other() -> None:
    assert (shown_method("GET"), shown_method("QUERY"), shown_method("get")) == ("GET", "_OTHER", "_OTHER")


def test_an_error_has_a_type_and_a_success_has_none() -> None:
    assert error_type(attempt(status=200)) == ""
    assert error_type(attempt(status=404)) == "404"
    assert error_type(attempt(status=0, error="dns_error")) == "dns_error"


def test_two_rows_of_one_name_are_added_and_neither_is_changed() -> None:
    one, other = Histogram(), Histogram()
    one.observe(1.0)
    other.observe(2.0)
    shown: dict[tuple[str, ...], Histogram] = {("a",): summed({}, ("a",), one)}
    assert shown["a",] is one
    assert summed(shown, ("a",), other).sum_s == 3.0
    assert (one.sum_s, other.sum_s) == (1.0, 2.0)
