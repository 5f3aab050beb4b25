"""A write that is sent again is a repeat, a safe retry or an unsafe one; and what is remembered is bounded."""

from typing import Any

import pytest

from tests.proxy.discovery.sightings import seen
from tidegate.proxy.discovery.resends import REMEMBERED_MAX, WINDOW_S, Resends, resend_of
from tidegate.proxy.discovery.sighting import Sighting

FAILED: dict[str, Any] = {"status": 503, "unsure": True}
LEFT: dict[str, Any] = {"status": 0, "unsure": True}


def write(method: str = "POST", **changes: Any) -> Sighting:
    return seen(method, "/orders", **({"content": b"same"} | changes))


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (write(**FAILED), write(), "unsafe retry"),
        (write(**LEFT), write(), "unsafe retry"),
        (write(**FAILED, key=b"k"), write(key=b"k"), "safe retry"),
        (write(**FAILED, key=b"k"), write(key=b"other"), "unsafe retry"),
        (write(**FAILED, key=b"k"), write(), "unsafe retry"),
        (write(status=429), write(), "safe retry"),
        (write(status=422), write(), "safe retry"),
        (write(), write(), "repeat"),
        (write(key=b"k"), write(key=b"k"), "safe retry"),
        (write("PUT", **FAILED), write("PUT"), "safe retry"),
        (write(**FAILED), write(content=b"other"), ""),
        (write(**FAILED), write(app="desk"), ""),
        (write(**FAILED), write(began=1e6, ended=1e6), ""),
        (write("GET", **FAILED), write("GET"), ""),
        (write(**FAILED, content=b""), write(content=b""), ""),
    ],
)
def test_what_a_write_is_to_the_one_before(before: Sighting, now: Sighting, found: str) -> None:
    resends = Resends()
    assert resends.judge(before) == ""
    assert resends.judge(now) == found


def test_each_further_try_is_told_again() -> None:
    resends = Resends()
    ends = [resends.judge(write(**FAILED)) for _ in range(3)] + [resends.judge(write())]
    assert ends == ["", "unsafe retry", "unsafe retry", "unsafe retry"]
    assert resends.judge(write()) == "repeat"


def test_the_window_is_counted_from_the_end_of_the_one_before() -> None:
    assert resend_of(None, write()) == ""
    assert WINDOW_S == 300.0


def test_the_oldest_is_forgotten_first() -> None:
    resends = Resends()
    for number in range(REMEMBERED_MAX + 10):
        resends.judge(write(content=b"%d" % number, **FAILED))
    assert len(resends) == REMEMBERED_MAX
    assert resends.judge(write(content=b"5")) == ""
