"""Tests of tidegate.proxy.policies.resilience.sunset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.policies.resilience.sunset import DAY_S, LINK_MAX, EndingOperations, SunsetNotice, read

JUNE = 1_719_791_999.0
"""Sun, 30 Jun 2024 23:59:59 GMT."""


def lines(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"Deprecation": "@1688169599"}, SunsetNotice(True, 1_688_169_599.0), id="RFC 9745"),
        pytest.param({"Deprecation": "true"}, SunsetNotice(True, legacy=True), id="an early draft"),
        pytest.param({"Deprecation": "?1"}, SunsetNotice(True, legacy=True), id="a structured truth"),
        pytest.param(
            {"Deprecation": "Sun, 30 Jun 2024 23:59:59 GMT"},
            SunsetNotice(True, JUNE, legacy=True),
            id="a later draft's date",
        ),
        pytest.param({"Deprecation": "soon"}, None, id="a word"),
        pytest.param({"Deprecation": "false"}, None, id="a no"),
        pytest.param({"Deprecation": "1688169599"}, None, id="a number alone is no date"),
        pytest.param(
            {"Sunset": "Sun, 30 Jun 2024 23:59:59 GMT"}, SunsetNotice(False, sunset=JUNE), id="RFC 8594 alone"
        ),
        pytest.param({"Sunset": "Sun, 30 Jun 2024 23:59:59 UTC"}, SunsetNotice(False, sunset=JUNE), id="UTC for GMT"),
        pytest.param({"Sunset": "@1719791999"}, None, id="a form that Sunset has not"),
        pytest.param(
            {"Deprecation": "@1688169599", "Sunset": "next year"}, SunsetNotice(True, 1_688_169_599.0), id="half of it"
        ),
    ],
)
def test_what_an_answer_says(said: dict[str, str], ending: SunsetNotice | None) -> None:
    assert read(lines(*said.items())) == ending


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<https://v.example/old>; rel="deprecation"; type="text/html"', "https://v.example/old"),
        ('<https://v.example/next>; rel="next", <https://v.example/end>; rel=sunset', "https://v.example/end"),
        ('<https://v.example/next>; rel="next"', ""),
        ("nonsense", ""),
    ],
)
def test_where_people_can_read_about_it(link: str, found: str) -> None:
    ending = read(lines(("Deprecation", "@0"), ("Link", link)))
    assert ending is not None
    assert ending.link == found


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_sent_is_read_or_ignored(said: str, sunset: str, link: str) -> None:
    notice = read(lines(("Deprecation", said), ("Sunset", sunset), ("Link", link)))
    assert notice is None or notice.deprecated or notice.sunset is not None, "a notice says at least one of the two"
    assert notice is None or len(notice.link) <= LINK_MAX


class TestTelling:
    """Once each."""

    def test_it_is_told_first_and_then_as_the_end_comes_near(self) -> None:
        endings, told = EndingOperations(), []
        for days in (200, 199, 91, 89, 60, 29, 8, 6, 2, 0.5, 0.4, -1, -2):
            wall = JUNE - days * DAY_S
            told += [facts["days_left"] for facts in endings.record("Get", SunsetNotice(True, 0.0, JUNE), wall)]
        assert told == [200, 89, 29, 6, 0.5, -1]
        assert endings.operations["Get"].first == JUNE - 200 * DAY_S
        assert endings.operations["Get"].ending.days_left(JUNE) == 0.0

    def test_a_vendor_that_changes_its_mind_is_told_again(self) -> None:
        endings = EndingOperations()
        assert [*endings.record("Get", SunsetNotice(True, 0.0, JUNE), JUNE - 50 * DAY_S)]
        assert not [*endings.record("Get", SunsetNotice(True, 0.0, JUNE), JUNE - 50 * DAY_S)]
        (later,) = endings.record("Get", SunsetNotice(True, 0.0, JUNE + 365 * DAY_S), JUNE - 50 * DAY_S)
        assert later["days_left"] == 415.0

    def test_a_link_that_changes_is_no_news(self) -> None:
        endings = EndingOperations()
        assert [*endings.record("Get", SunsetNotice(True, link="https://v.example/1"), 0.0)]
        assert not [*endings.record("Get", SunsetNotice(True, link="https://v.example/2"), 0.0)]

    def test_operations_are_told_apart(self) -> None:
        endings = EndingOperations()
        (one,), (other,) = (endings.record(name, SunsetNotice(True, legacy=True), 0.0) for name in ("Get", "Post"))
        assert one == {"operation": "Get", "form": "an older draft's"}
        assert other["operation"] == "Post"


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ({"X-Shopify-API-Deprecated-Reason": "https://shop.example/old"}, "https://shop.example/old"),
        (
            {"Warning": '299 - "Deprecated API: use v2"', "Link": '<https://a.example>; rel="deprecation"'},
            "https://a.example",
        ),
    ],
)
def test_other_ways_to_say_it_are_taken_and_marked(said: dict[str, str], link: str) -> None:
    assert read(lines(*said.items())) == SunsetNotice(True, legacy=True, link=link)


@pytest.mark.parametrize("warning", ['299 - "Disk is slow"', '199 - "deprecated"', "deprecated", ""])
def test_other_warnings_say_nothing_of_an_end(warning: str) -> None:
    assert read(lines(("Warning", warning))) is None
