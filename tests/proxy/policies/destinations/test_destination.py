"""Tests of tidegate.proxy.policies.destinations.destination."""

import pytest

from tidegate.proxy.policies.destinations.destination import Destination, read_authority


@pytest.mark.parametrize(
    ("authority", "host", "port"),
    [
        ("api.example:443", "api.example", 443),
        ("API.Example.:443", "api.example", 443),
        ("xn--bcher-kva.example:8443", "xn--bcher-kva.example", 8443),
        ("a_b.example", "a_b.example", 80),
        ("10.0.0.1:1", "10.0.0.1", 1),
        ("[::1]:65535", "::1", 65535),
        ("[2001:DB8:0:0::1]", "2001:db8::1", 80),
        ("0x.example:443", "0x.example", 443),
    ],
)
def test_the_usual_spelling_of_a_server_is_read(authority: str, host: str, port: int) -> None:
    to = read_authority(authority, 80)
    assert to == Destination(host, port)
    assert isinstance(to, Destination)
    assert read_authority(to.authority) == to


@pytest.mark.parametrize(
    ("authority", "why"),
    [
        ("", "no host"),
        (":443", "no host"),
        (".:443", "no host"),
        ("a..b:443", "characters or labels"),
        ("a.example..:443", "characters or labels"),
        ("-a.example:443", "characters or labels"),
        (f"{'a' * 64}.example:443", "characters or labels"),
        ("a b:443", "characters or labels"),
        ("a%2eexample:443", "characters or labels"),
        ("a\\b:443", "characters or labels"),
        ("a\x00b:443", "characters or labels"),
        ("a/b:443", "characters or labels"),
        (".".join(["abcdefgh"] * 30), "longer than 253"),
        ("x" * 400, "too long"),
        ("user@a.example:443", "names a user"),
        ("a.example:443@evil.example:443", "names a user"),
        ("a.example:", "port"),
        ("a.example:0", "port"),
        ("a.example:00443", "port"),
        ("a.example:65536", "port"),
        ("a.example:+443", "port"),
        ("a.example:4 43", "port"),
        ("a.example:443:443", "port"),
        ("2130706433:80", "IPv4"),
        ("0x7f000001:80", "IPv4"),
        ("0x7f.1:80", "IPv4"),
        ("127.1:80", "IPv4"),
        ("0177.0.0.1:80", "IPv4"),
        ("127.0.0.01:80", "IPv4"),
        ("127.0.0.0x1:80", "IPv4"),
        ("1.2.3.4.5:80", "IPv4"),
        ("a.example.1:80", "IPv4"),
        ("256.0.0.1:80", "IPv4"),
        ("127.0.0.1.:80", ""),
        ("[::1:80", "brackets"),
        ("[::1]x:80", "brackets"),
        ("[fe80::1%25eth0]:80", "zone id"),
        ("[fe80::1%eth0]:80", "zone id"),
        ("[127.0.0.1]:80", "no IPv6"),
        ("[::ffff:192.0.2.1]:80", "IPv4 address in a form of IPv6"),
        ("[::FFFF:c000:201]:80", "IPv4 address in a form of IPv6"),
        ("[v1.a]:80", "no IPv6"),
        ("::1", "port"),
        ("a.example:443 ", "port"),
        ("１２７.0.0.1:80", "ASCII"),
        ("ⓛocalhost:80", "ASCII"),
        ("bücher.example:443", "ASCII"),
        ("a。example:443", "ASCII"),
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_refused(authority: str, why: str) -> None:
    to = read_authority(authority, 443)
    if not why:  # the dot of the root alone: it is the same address for everybody
        assert to == Destination("127.0.0.1", 80)
    else:
        assert isinstance(to, str)
        assert why in to


def test_without_a_port_one_is_needed_for_connect() -> None:
    assert read_authority("a.example") == "it has no port (RFC 9110 §9.3.6)"


def test_an_address_is_told_from_a_name() -> None:
    found = [read_authority(text, 443) for text in ("10.0.0.1", "[::1]", "a1.example")]
    assert [isinstance(to, Destination) and to.is_address for to in found] == [True, True, False]
