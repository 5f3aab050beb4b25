"""Tests of tidegate.proxy.console.entry.console_gate."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.access.admin_door import AdminDoor
from tidegate.proxy.console.entry.console_gate import COOKIE_CHARS_MAX, ConsoleGate, Visitor, safe_next
from tidegate.proxy.identity.token_hash import KnownToken


def headers(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


def gate(*tokens: str, port: int = 8081, secure: bool = False) -> ConsoleGate:
    door = AdminDoor(tuple(KnownToken(name, f"secret-{name}") for name in tokens), lambda: 0.0)
    return ConsoleGate(door, lambda count: b"x" * count, lambda: 0.0, lambda: port, secure=secure)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.test/", "https://evil.test/console/", "/\\evil.test", "/console/\\evil", "/state", "/consolex", "",
        "/console/ x", "/console/\r\nSet-Cookie: a=b", "javascript:alert(1)", "/console/ü", "///evil.test/console/",
        "//[", "//[::1/console/",
    ],
)  # fmt: skip
def test_nobody_is_led_out_of_the_console(target: str) -> None:
    assert safe_next(target) == "/console/"


def test_a_page_of_the_console_is_gone_on_to() -> None:
    assert safe_next("/console/calls?app=a%20b") == "/console/calls?app=a%20b"
    assert safe_next("/console") == "/console"


def test_the_cookie_is_found_among_others_and_those_of_another_port_are_not() -> None:
    ours = gate("ada")
    session_id = ours.sessions.begin("secret-ada")
    assert session_id is not None
    cookie = f"a=b; tidegate_session_9=zzz; {ours.cookie}={session_id}; c"
    assert ours.visitor(headers(("Cookie", cookie))) == Visitor("ada", session_id)
    assert not gate("ada", port=9).visitor(headers(("Cookie", cookie))).known


def test_odd_cookies_are_nobodys() -> None:
    ours = gate("ada")
    for cookie in ("", ";;;=", f"{ours.cookie}=", f"{ours.cookie}={'a' * 65}", "a" * (COOKIE_CHARS_MAX + 1)):
        assert ours.visitor(headers(("Cookie", cookie))) == Visitor(known=False)


def test_a_program_may_show_its_token_in_the_header() -> None:
    assert gate("ada").visitor(headers(("Authorization", "Bearer secret-ada"))) == Visitor("ada")
    assert not gate("ada").visitor(headers(("Authorization", "Bearer secret-bob"))).known


def test_without_tokens_everybody_who_can_reach_it_is_let_in() -> None:
    assert gate().visitor(headers()) == Visitor()
    assert not gate().asks_for_tokens


def test_over_tls_the_cookie_is_sent_over_tls_alone() -> None:
    assert gate("ada", secure=True).session_cookie("id")[1].endswith("; Secure")
    assert "Max-Age=0" in gate("ada").session_cookie("")[1]
