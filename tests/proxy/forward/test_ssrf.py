"""Server-side request forgery (CWE-918), through gateway, forward proxy and CONNECT alike: no form gets in.

The judge is the wire: every address that the proxy tries to connect to is written down, and only public ones may be.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.forward.forward_town import FACTS, HOST, OK, forward, statuses, told
from tests.proxy.town import Town, play
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.wire.egress import kind_of
from tidegate.testing.virtual_proxy import VENDOR_ADDRESS

INTERNAL = (
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "169.254.170.2", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::2", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1:ffff::a9fe:a9fe", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2002:808:808::1", "2001::7f00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
    "2001:10::1", "100::1", "3fff::1", "5f00::1", "4000::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1",
    "fe80::1%eth0", "fe80::1%25lo", "fec0::1", "ff02::1", "2606:4700::200:5efe:a00:1", "2606:4700::5efe:127.0.0.1",
)  # fmt: skip
"""Addresses that a name may lead to, and that nobody may be led to."""

LITERALS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1", "017700000001", "0", "0x0",
    "127.0.0.1.", "127.000.000.001", "127.0.0.0x1", "00000127.0.0.1", "4294967297", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]",
    "[fe80::1%lo]", "[fd00:ec2::254]", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "localhost", "LOCALHOST", "localhost.", "a.localhost",
    "metadata.google.internal", "good.example@127.0.0.1", "127.0.0.1#good.example", "127.0.0.1%2egood.example",
    "good.example:80@127.0.0.1", "127.0.0.1\\@good.example", "127.0.0.1;good.example", "127.0.0.1,good.example",
    "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "ｌocalhost", "lo\u00adcalhost", "127.0.0.1\u200b", "[::1", "::1",
    "127.0.0.1:80:80", "127.0.0.1:080", "good.example\t127.0.0.1", "%31%32%37.0.0.1", "*.good.example", "-",
    "good..example",
)  # fmt: skip
"""Spellings of internal servers, and of what some parser takes for one."""

NAMES = {"localhost": "127.0.0.1", "a.localhost": "127.0.0.1", "metadata.google.internal": "169.254.169.254"}
OPENED = {"hosts": [HOST], "action": "open", "ports": []}
TUNNELLED = {"hosts": ["*.example"], "action": "tunnel", "ports": []}
ANYTHING: dict[str, Any] = {"mode": "warn", "rules": [OPENED, TUNNELLED]}
"""A forward proxy that no rule holds back: the addresses alone do."""


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The addresses that the proxy has tried to connect to."""
    addresses: list[str] = []
    connect = VirtualWorld.connect

    async def watched(self: VirtualWorld, factory: Any, address: str, port: int, **more: Any) -> Any:
        if self.name == "proxy":
            addresses.append(address)
        return await connect(self, factory, address, port, **more)

    monkeypatch.setattr(VirtualWorld, "connect", watched)
    yield addresses
    assert {kind_of(address) for address in addresses} <= {"public"}


def line(method: str, target: str, host: str) -> bytes:
    head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: t\r\nConnection: close\r\n\r\n"
    return head.encode("utf-8", "surrogatepass")


WAYS: dict[str, Callable[[str], bytes]] = {
    "gateway": lambda _: line("GET", "/things/things", "127.0.0.1"),
    "absolute form, a vendor": lambda _: line("GET", f"http://{HOST}/api/things", HOST),
    "absolute form, a rule": lambda name: line("GET", f"http://{name}/", name),
    "CONNECT, opened": lambda _: line("CONNECT", f"{HOST}:443", HOST) + line("GET", "/api/things", HOST),
    "CONNECT, a tunnel": lambda name: line("CONNECT", f"{name}:443", name),
}


def all_ways(
    folder: Path, script: Sequence[Any], story: Callable[[Town], Awaitable[None]], settings: dict[str, Any]
) -> None:
    play(folder, script, story, facts=FACTS, config={"forward": forward(folder, **settings)})


@pytest.mark.parametrize("way", WAYS)
def test_no_name_leads_to_an_address_that_is_not_public(way: str, tried: list[str], tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        for number, address in enumerate(INTERNAL):
            town.world.network.names |= {HOST: address, f"n{number}.example": address}
            got = await told(town, WAYS[way](f"n{number}.example"), apart_s=0.0)
            assert statuses(got)[-1] == 403, (address, got)
            assert b"destination_ip_prohibited" in got
        counts = town.proxy.telemetry.metrics.addresses
        assert sum(count for labels, count in counts.items() if labels[1] == "refused") >= len(INTERNAL)
        assert sum(1 for entry in town.log() if entry.get("note") == "address refused")

    all_ways(tmp_path, [], story, ANYTHING)
    assert tried == []


@pytest.mark.parametrize("form", ["http://{}/", "http://{}:8088/x", "https://{}/", "CONNECT {}:443", "CONNECT {}"])
def test_no_spelling_of_an_internal_server_is_reached(form: str, tried: list[str], tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        town.world.network.names |= NAMES
        for literal in LITERALS:
            target = form.format(literal).removeprefix("CONNECT ")
            method = "CONNECT" if form.startswith("CONNECT") else "GET"
            for host in (literal, "good.example"):
                got = await told(town, line(method, target, host), apart_s=0.0)
                assert statuses(got)[-1] in {400, 403}, (target, got)

    all_ways(tmp_path, [], story, ANYTHING)
    assert tried == []


@pytest.mark.parametrize("way", WAYS)
def test_a_name_that_leads_elsewhere_each_time_gains_nothing(
    way: str, tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = VENDOR_ADDRESS
    answers = [[good], ["127.0.0.1"], [good, "169.254.169.254"], ["::ffff:10.0.0.1", good]]
    asked: list[str] = []

    async def rebinding(_: VirtualWorld, host: str, port: int) -> list[str]:
        if host == "127.0.0.1":
            return [host]
        asked.append(host)
        return answers[(len(asked) - 1) % len(answers)]

    async def story(town: Town) -> None:
        monkeypatch.setattr(VirtualWorld, "resolve", rebinding)
        for _ in range(12):
            await told(town, WAYS[way]("evil.example"), apart_s=0.0, within_s=1.0)
            town.proxy.upstreams["things"].transport.make_room()
            passage = town.proxy.forward.onramp.passage
            assert passage is not None
            passage.make_room()

    all_ways(tmp_path, [OK] * 12, story, ANYTHING)
    assert len(asked) >= 10
    assert {*tried} == {VENDOR_ADDRESS}


@pytest.mark.parametrize("way", ["gateway", "absolute form, a vendor", "CONNECT, opened"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_an_internal_server_is_not_followed_and_who_follows_it_is_refused(
    way: str, status: int, tried: list[str], tmp_path: Path
) -> None:
    async def story(town: Town) -> None:
        got = await told(town, WAYS[way](""), apart_s=0.0)
        assert (statuses(got)[-1], len(town.vendor.received)) == (status, 1)
        assert b"Location: http://169.254.169.254/latest/meta-data/\r\n" in got
        followed = await told(town, line("GET", "http://169.254.169.254/latest/meta-data/", "169.254.169.254"))
        assert statuses(followed) == [403]

    moved = (status, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")
    all_ways(tmp_path, [moved], story, ANYTHING)
    assert {*tried} == {VENDOR_ADDRESS}


def test_in_warn_mode_of_a_rule_a_private_address_is_reached_and_written_down_and_metadata_never(
    tmp_path: Path,
) -> None:
    rules = {"rules": [{"hosts": ["*.example"], "action": "tunnel", "private_addresses": "warn"}]}

    async def story(town: Town) -> None:
        town.world.network.names |= {"in.example": "10.0.0.9", "meta.example": "169.254.169.254"}
        assert b"connection_refused" in await told(town, line("CONNECT", "in.example:443", "in.example"))
        assert b"destination_ip_prohibited" in await told(town, line("CONNECT", "meta.example:443", "meta.example"))
        counts = dict(town.proxy.telemetry.metrics.addresses)
        assert counts == {("", "warned", "private"): 1, ("", "refused", "metadata"): 1}

    play(tmp_path, [], story, facts=FACTS, config={"forward": forward(tmp_path, **rules)})


def test_there_are_more_than_sixty_forms() -> None:
    assert len({*INTERNAL}) + len({*LITERALS}) > 110
    assert len({*INTERNAL}) >= 55
