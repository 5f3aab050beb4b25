"""Which addresses may be connected to: the public ones, in no disguise."""

import pytest

from tidegate.proxy.wire.egress import refusal


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("10.0.0.1", id="private 10/8"),
        pytest.param("172.16.0.1", id="private 172.16/12"),
        pytest.param("192.168.1.1", id="private 192.168/16"),
        pytest.param("169.254.169.254", id="link-local, where clouds keep their metadata"),
        pytest.param("100.64.0.1", id="carrier-grade NAT"),
        pytest.param("0.0.0.0", id="unspecified"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("::1", id="loopback v6"),
        pytest.param("fe80::1", id="link-local v6"),
        pytest.param("fe80::1%eth0", id="link-local v6 with a zone"),
        pytest.param("fd00::1", id="unique local v6"),
        pytest.param("ff02::1", id="multicast v6"),
        pytest.param("::ffff:127.0.0.1", id="loopback as v4-mapped"),
        pytest.param("2002:7f00:1::", id="loopback as 6to4"),
        pytest.param("2002:a9fe:a9fe::", id="metadata as 6to4"),
        pytest.param("64:ff9b::7f00:1", id="loopback as NAT64"),
        pytest.param("64:ff9b::a9fe:a9fe", id="metadata as NAT64"),
        pytest.param("64:ff9b:1::a00:1", id="private as local-use NAT64"),
        pytest.param("2001:0:4136:e378:8000:63bf:3fff:fdd2", id="Teredo"),
        pytest.param("::127.0.0.1", id="loopback as IPv4-compatible"),
        pytest.param("::ffff:0:169.254.169.254", id="metadata as IPv4-translated"),
        pytest.param("fec0::1", id="site-local v6"),
        pytest.param("feff:ffff::1", id="the last of the site-local ones"),
        pytest.param("3fff:fff::1", id="for documentation"),
        pytest.param("2001:db8::1", id="for documentation, the older range"),
        pytest.param("::", id="unspecified v6"),
        pytest.param("2130706433", id="an odd numeric form"),
        pytest.param("0x7f.1", id="another"),
    ],
)
def test_everything_else_is_refused_with_a_reason(address: str) -> None:
    assert refusal(address)
