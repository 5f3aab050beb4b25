"""Tests of tidegate.proxy.access.admin_door."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.access.admin_door import AdminDoor, Entry
from tidegate.proxy.identity.token_hash import KnownToken

HOST = {"Host": "127.0.0.1:8081"}


def door(*tokens: str) -> AdminDoor:
    return AdminDoor(tuple(KnownToken(name, f"secret-{name}") for name in tokens), lambda: 0.0)


def enter(one: AdminDoor, method: str, path: str, *lines: tuple[str, str], **headers: str) -> Entry:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return one.enter(method, path, CIMultiDictProxy(CIMultiDict([*HOST.items(), *named.items(), *lines])))


def test_without_tokens_everybody_on_the_machine_may_come_in() -> None:
    assert enter(door(), "GET", "/state") == Entry()
    assert enter(door(), "POST", "/reload") == Entry()


@pytest.mark.parametrize("path", ["/state", "/metrics", "/deliveries", "/audit", "/nothing", "/healthz/", "/HEALTHZ"])
def test_with_tokens_each_page_needs_one_and_the_name_is_told(path: str) -> None:
    one = door("ada", "bob")
    assert enter(one, "GET", path).status == 401
    assert enter(one, "GET", path, Authorization="Bearer secret-eve").status == 401
    assert enter(one, "GET", path, Authorization="Bearer ").status == 401
    assert enter(one, "GET", path, Authorization="Bearer secret-bob") == Entry("bob")


def test_probes_need_none_but_orders_to_their_pages_do() -> None:
    one = door("ada")
    for path in ("/healthz", "/readyz"):
        assert enter(one, "GET", path) == enter(one, "HEAD", path) == Entry()
        assert enter(one, "POST", path).status == 401


def test_two_tokens_name_nobody() -> None:
    lines = [("Authorization", "Bearer secret-ada"), ("Authorization", "Bearer secret-bob")]
    assert enter(door("ada", "bob"), "GET", "/state", *lines).status == 401


@pytest.mark.parametrize("tokens", [(), ("ada",)])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8080"},
        {"Origin": "http://127.0.0.1:8081.evil.test"},
        {"Origin": "http://evil.test/?http://127.0.0.1:8081"},
        {"Origin": "http://x@evil.test"},
        {"Origin": "http://["},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "anything"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.test"},
    ],
)
def test_what_a_page_of_another_site_sends_is_refused_whatever_it_is(
    headers: dict[str, str], tokens: tuple[str, ...]
) -> None:
    for method in ("GET", "POST"):
        lines = [*headers.items(), ("Tidegate-Admin", "1"), ("Authorization", "Bearer secret-ada")]
        assert enter(door(*tokens), method, "/reload", *lines).status == 403


def test_an_order_of_a_page_of_ours_needs_the_header_and_a_look_does_not() -> None:
    ours = [("Origin", "http://127.0.0.1:8081"), ("Sec-Fetch-Site", "same-origin")]
    assert enter(door(), "GET", "/state", *ours) == Entry()
    assert enter(door(), "POST", "/reload", *ours).status == 403
    assert enter(door(), "POST", "/reload", *ours, ("Tidegate-Admin", "1")) == Entry()


def test_tokens_that_change_count_from_the_next_request_on() -> None:
    one = door("ada")
    one.change((KnownToken("bob", "secret-bob"),))
    assert enter(one, "GET", "/state", Authorization="Bearer secret-ada").status == 401
    assert enter(one, "GET", "/state", Authorization="Bearer secret-bob") == Entry("bob")
