"""A request is for this gateway by its Host, or by a target in absolute form that nobody else can mean."""

from typing import Any

import pytest

from tests.proxy.town import APPS
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.config import Config
from tidegate.proxy.onramp.addressing import Addressing, authority_of, url_of

PORT = 8080


class Request:
    """One that came to this address of ours."""

    def __init__(self, local: str = "127.0.0.1") -> None:
        self.transport = self
        self.local = local

    def get_extra_info(self, name: str) -> tuple[str, int]:
        assert name == "sockname"
        return self.local, PORT


def addressing(**changes: Any) -> Addressing:
    return Addressing(Config.model_validate({"listen": f"127.0.0.1:{PORT}"} | changes), PORT)


def judged(of: Addressing, host: str | None, target: str, local: str = "127.0.0.1") -> object:
    """The status of a refusal, or the URL and the target."""
    request: Any = Request(local)
    ours = of.ours(host, target, request)
    return ours.status if isinstance(ours, Reply) else ours


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://127.0.0.1:8080/acme/x?y=1", ("http://127.0.0.1:8080", "/acme/x?y=1")),
        ("HTTP://LocalHost:8080/acme/x", ("http://LocalHost:8080", "/acme/x")),
        ("http://localhost.:8080/x", ("http://localhost.:8080", "/x")),
        ("http://[::1]:8080/x", ("http://[::1]:8080", "/x")),
        ("http://127.0.0.1:8080", ("http://127.0.0.1:8080", "/")),
        ("http://127.0.0.1:8080?y=1", ("http://127.0.0.1:8080", "/?y=1")),
        ("http://tidegate.internal/x", ("http://tidegate.internal", "/x")),
        ("https://tidegate.internal:444/x", ("https://tidegate.internal:444", "/x")),
        ("https://tidegate.example/x", ("https://tidegate.example", "/x")),
    ],
)
def test_a_target_in_absolute_form_that_names_us_is_read_as_its_path(target: str, expected: tuple[str, str]) -> None:
    ours = addressing(hosts=("tidegate.internal",), public_url="https://tidegate.example/egress")
    assert judged(ours, "127.0.0.1:8080", target) == expected
    assert judged(ours, "evil.test", target) == expected, "Host is not looked at then (RFC 9112 §3.2.2)"


@pytest.mark.parametrize(
    "target",
    ["http://evil.test/acme/x", "http://127.0.0.1/acme/x", "http://127.0.0.1:9000/x", "http://127.0.0.1.evil.test:8080/",
     "https://tidegate.example:8443/x", "ftp://127.0.0.1:8080/x", "http://:8080/x", "http:///x", "*", "acme:443"],
)  # fmt: skip
def test_a_target_that_names_another_server_is_left_as_it_is(target: str) -> None:
    assert judged(addressing(public_url="https://tidegate.example"), "127.0.0.1:8080", target) == ("", target)


def test_a_target_with_a_user_and_a_host_that_cannot_be_read_are_refused() -> None:
    assert judged(addressing(), "127.0.0.1:8080", "http://me@127.0.0.1:8080/x") == 400
    assert judged(addressing(), "127.0.0.1:x", "http://127.0.0.1:8080/x") == 400
    assert judged(addressing(), "a b", "/x") == 400
    assert judged(addressing(), "evil.test", "/x") == 421


def test_elsewhere_every_host_is_taken_with_tokens_and_a_target_only_where_it_names_the_very_address() -> None:
    ours = addressing(listen=f"0.0.0.0:{PORT}", tokens=APPS)
    assert ours.names.refusal("whatever.example") == 0
    assert judged(ours, "x", "http://10.1.2.3:8080/x", local="10.1.2.3") == ("http://10.1.2.3:8080", "/x")
    for target in ("http://api.vendor.example/x", "http://10.9.9.9:8080/x", "http://127.0.0.1:8080/x"):
        assert judged(ours, "x", target, local="10.1.2.3") == ("", target), "it may be meant for a forward proxy"


def test_the_authority_of_a_target_and_the_url_of_a_connection() -> None:
    assert authority_of("http://a:1/b") == "a:1"
    assert authority_of("/b") is None
    ipv4: Any = Request("10.1.2.3")
    ipv6: Any = Request("2001:db8::1")
    assert (url_of(ipv4), url_of(ipv6)) == ("http://10.1.2.3:8080", "http://[2001:db8::1]:8080")
