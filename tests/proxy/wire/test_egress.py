"""Which addresses may be connected to: the public ones, in no disguise."""

import pytest

from tidegate.proxy.wire.egress import AddressKind, Reach, judge, refusal


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


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.216.34", "public"),
        ("64:ff9b::5db8:d822", "public"),
        ("::ffff:93.184.216.34", "public"),
        ("2606:4700::200:5efe:5db8:d822", "public"),
        ("127.0.0.1", "loopback"),
        ("::ffff:10.1.2.3", "private"),
        ("100.64.0.1", "shared"),
        ("169.254.1.1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("169.254.169.254", "metadata"),
        ("64:ff9b::a9fe:a9fe", "metadata"),
        ("168.63.129.16", "metadata"),
        ("2002:a9fe:a9fe::1", "metadata"),
        ("2002:808:808::1", "transition"),
        ("64:ff9b:1::a9fe:a9fe", "metadata"),
        ("64:ff9b:1:a9fe:a9:fe00::", "metadata"),
        ("64:ff9b:1:a9:fe:a9fe::", "metadata"),
        ("64:ff9b:1:0:a9:fea9:fe00:0", "metadata"),
        ("64:ff9b:1:808:8:800::", "private"),
        ("fd00:c1::a9fe:a9fe", "metadata"),
        ("fd00:42::42", "metadata"),
        ("fd00:a9fe:a9fe::1", "metadata"),
        ("fd00:100::100:200", "metadata"),
        ("0.0.0.1", "unspecified"),
        ("255.255.255.255", "multicast"),
        ("203.0.113.5", "documentation"),
        ("4000::1", "reserved"),
        ("::2", "unspecified"),
        ("fd00::1", "private"),
        ("64:ff9b:1::1", "private"),
        ("127.1", "unreadable"),
        ("０.0.0.0", "unreadable"),
    ],
)
def test_an_address_has_a_kind_which_its_disguise_does_not_change(address: str, kind: AddressKind) -> None:
    assert judge(address).kind == kind


@pytest.mark.parametrize(
    ("reach", "private", "metadata", "public"),
    [
        ("refuse", "refused", "refused", "allowed"),
        ("warn", "warned", "refused", "allowed"),
        ("allow", "allowed", "refused", "allowed"),
    ],
)
def test_what_is_private_may_be_allowed_and_metadata_never_is(
    reach: Reach, private: str, metadata: str, public: str
) -> None:
    found = [judge(address, reach).result for address in ("10.0.0.1", "169.254.169.254", "93.184.216.34")]
    assert found == [private, metadata, public]


def test_a_decision_says_why() -> None:
    assert judge("10.0.0.1").reason == "10.0.0.1 is not public: private"
    assert judge("x").reason == "x cannot be read as an IP address"
    assert judge("93.184.216.34").reason == ""
