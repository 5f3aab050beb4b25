"""Tests of tidegate.proxy.console.notices."""

from tidegate.proxy.console.notices import NOTICES_MAX, Notices


def test_a_notice_is_found_by_its_number_while_it_is_one_of_the_last() -> None:
    notices = Notices()
    numbers = [notices.keep(f"done {n}") for n in range(NOTICES_MAX + 1)]
    assert (notices.find(numbers[0]), notices.find(numbers[1])) == ("", "done 1")
    assert (notices.find(""), notices.find("<b>")) == ("", "")
