"""An address that no server can have is refused where it is written, and in words that do not repeat it."""

import pytest

from tidegate.configfile.web_address import check_address, check_base, host_of, is_host


@pytest.mark.parametrize(
    "text",
    [
        "http://h", "https://api.vendor.com/v1/", "http://[::1]:80/x", "http://foo_bar:80", "http://x.:80",
        "http://10.0.0.1", "https://xn--bcher-kva.example/%C3%A9",
    ],
)  # fmt: skip
def test_what_a_server_can_have_is_taken_as_it_is(text: str) -> None:
    assert check_base(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://h:99999", "port"), ("http://h:abc", "port"), ("http://[::1", "host"), ("http://h:0", "port 0"),
        ("http://h:８０", "port"), ("http://a..b", "neither"), ("http://[h]", "cannot"), ("http://-a", "neither"),
        ("http://127.1", "neither"), (f"http://{'a' * 64}.b", "neither"), (f"http://{'a.' * 127}b", "neither"),
        ("http://me:sk_live@h", "a user"), ("http://h/#x", "fragment"), ("http://bücher.example", "xn--"),
        ("http://h/é", "percent-encode"), ("http://a b", "space"), ("http://h\\x", "backslash"),
        ("http://h/\u2028", "space"), ("http://h?x=1", "query"),
    ],
)  # fmt: skip
def test_what_no_server_can_have_is_refused_without_being_repeated(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        check_base(text)
    assert "sk_live" not in str(refused.value)


def test_an_address_that_is_asked_as_it_is_may_have_a_query() -> None:
    assert check_address("https://h/hook?key=1") == "https://h/hook?key=1"


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("a", True), ("A.b.", True), ("::1", True), ("[fd00::1]", True), ("10.0.0.1", True), ("a:80", False),
        ("[10.0.0.1]", False), ("*", False), ("", False), (".", False), ("1.2.3", False), ("a_b-c", True),
    ],
)  # fmt: skip
def test_hosts(name: str, host: bool) -> None:
    assert is_host(name) is host


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://h:80/x", "h"), ("https://[::1]", "::1"), ("http://[::1", None), ("http://h:port", None),
        ("h:80", None),         ("ftp://h", None), ("http://", None), ("http://h:0", None), ("", None),
    ],
)  # fmt: skip
def test_an_address_has_a_host_or_is_none(url: str, host: str | None) -> None:
    assert host_of(url) == host
