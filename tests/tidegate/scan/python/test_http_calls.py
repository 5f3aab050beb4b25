"""Which calls go out, and which of them wait for ever."""

import pytest

from tidegate.scan.python.http_calls import goes_out, library, made_without_timeout, waits_for_ever


@pytest.mark.parametrize(
    ("name", "out", "endless"),
    [
        ("requests.get", True, True), ("requests.Session().post", True, True), ("httpx.get", True, False),
        ("httpx.AsyncClient().get", True, False), ("aiohttp.ClientSession().get", True, False),
        ("urllib.request.urlopen", True, True), ("requests.exceptions.Timeout", False, False),
        ("requests.Session", False, False), ("myrequests.get", False, False),
    ],
)  # fmt: skip
def test_calls(name: str, out: bool, endless: bool) -> None:
    assert (goes_out(name), waits_for_ever(name)) == (out, endless)


def test_what_is_made_and_what_it_is_of() -> None:
    assert made_without_timeout("http.client.HTTPSConnection")
    assert not made_without_timeout("requests.Session")
    assert [library(name) for name in ("urllib.request.urlopen", "http.client.X", "requests.get")] == [
        "urllib", "urllib", "requests",
    ]  # fmt: skip
