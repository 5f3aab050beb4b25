"""A listener answers to its own names, so that no page in a browser can bind its name to it."""

import pytest

from tidegate.world.host_names import KNOWN_MAX, HostNames


@pytest.mark.parametrize(
    "host",
    [None, "127.0.0.1", "127.0.0.1:8080", "127.1.2.3:1", "localhost:8080", "LOCALHOST", "localhost.",
     "app.localhost:80", "[::1]:8080", "[::1]", "tidegate.internal:8080", "Tidegate.Internal."],
)  # fmt: skip
def test_loopback_names_and_configured_ones_are_ours(host: str | None) -> None:
    assert HostNames("127.0.0.1", ["tidegate.internal"]).refusal(host) == 0


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:8080", "127.0.0.1.evil.test", "localhost.evil.test", "10.0.0.1", "[2001:db8::1]",
     "0.0.0.0", "evillocalhost", "169.254.169.254"],
)  # fmt: skip
def test_another_name_is_not(host: str) -> None:
    assert HostNames("127.0.0.1").refusal(host) == 421
    assert HostNames("localhost", any_name=True).refusal(host) == 421


@pytest.mark.parametrize(
    "host",
    ["", "127.0.0.1:x", "a b", "[::1", "::1", "a:1:2", "me@127.0.0.1", "a/b", "127.0.0.1:99999", "a\tb", "[x]"],
)
def test_what_is_no_host_cannot_be_read(host: str) -> None:
    assert HostNames("127.0.0.1").refusal(host) == 400


def test_a_listener_elsewhere_answers_to_addresses_its_own_name_and_configured_ones() -> None:
    names = HostNames("proxy.example", ["tidegate"])
    assert [names.refusal(host) for host in ("10.1.2.3:8081", "proxy.example", "tidegate:8081", "127.0.0.1")] == [0] * 4
    assert names.refusal("evil.test") == 421


def test_where_tokens_are_asked_for_a_listener_elsewhere_answers_to_every_name() -> None:
    names = HostNames("0.0.0.0", any_name=True)
    assert names.refusal("whatever.example:8080") == 0
    assert names.refusal("what ever") == 400


def test_only_so_many_answers_are_remembered() -> None:
    names = HostNames("127.0.0.1")
    for number in range(KNOWN_MAX + 10):
        assert names.refusal(f"{number}.evil.test") == 421
    assert len(names._known) == KNOWN_MAX
