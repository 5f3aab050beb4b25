"""A request is for this gateway by its Host, or by a target in absolute form that nobody else can mean."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import HttpVersion, HttpVersion11

from tests.proxy.real_town import RealTown, real_town, value_of
from tests.proxy.town import APPS
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.config import Config
from tidegate.proxy.configured_vendors import ConfigChange
from tidegate.proxy.onramp.addressing import Addressing, authority_of, misaddressed, url_of
from tidegate.world.host_names import HostNames

PORT = 8080


class Request:
    """One that came to this address of ours."""

    def __init__(self, local: str = "127.0.0.1", version: HttpVersion = HttpVersion11) -> None:
        self.transport = self
        self.version = version
        self.local = local

    def get_extra_info(self, name: str) -> tuple[str, int] | None:
        return (self.local, PORT) if name == "sockname" else None


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


@pytest.mark.parametrize(
    ("host", "authority", "status"),
    [
        ("127.0.0.1", None, 0), ("evil.example", None, 421), ("evil.example", "127.0.0.1", 0),
        ("127.0.0.1", "evil.example", 421), ("a@b", "127.0.0.1", 400), ("127.0.0.1", "a@127.0.0.1", 400),
    ],
)  # fmt: skip
def test_an_authority_goes_before_a_host_that_can_be_read(host: str, authority: str | None, status: int) -> None:
    assert misaddressed(HostNames("127.0.0.1", ()), host, authority) == status


OK = (200, {"Location": "/api/things/7"}, b"{}")


async def status_of(town: RealTown, target: str, host: str | None = None) -> int:
    head, _ = await town.ask("GET", target, host=host)
    return int(head.split()[1])


async def test_over_a_socket_our_own_names_are_taken_and_others_never_reach_the_vendor(tmp_path: Path) -> None:
    async with real_town(tmp_path, [OK], config={"hosts": ["tidegate.internal"]}) as town:
        port = town.proxy.port
        for host in (f"127.0.0.1:{port}", "LOCALHOST", "localhost.", f"[::1]:{port}", "tidegate.internal:1"):
            assert await status_of(town, "/things/things/1", host) == 200
        for host in (f"evil.test:{port}", f"127.0.0.1.evil.test:{port}", "10.0.0.1", "gateway"):
            assert await status_of(town, "/things/things/1", host) == 421
            assert await status_of(town, "/_tidegate/calls/x", host) == 421
        assert await status_of(town, f"http://127.0.0.1:{port}/things/things/2?x=1", "evil.test") == 200
        assert await status_of(town, "http://evil.test/things/things/3", f"127.0.0.1:{port}") == 400
        assert [request.path for request in town.vendor.received] == ["/api/things/1"] * 5 + ["/api/things/2?x=1"]


async def test_links_lead_to_the_public_url_or_to_what_the_request_named(tmp_path: Path) -> None:
    async with real_town(tmp_path, [(200, {"Location": "https://v.example/x"}, b"{}")]) as town:
        town.vendor.script = [(200, {"Location": f"{town.base}/things/7"}, b"{}")]
        named = f"http://localhost:{town.proxy.port}"
        assert await town.field("GET", f"{named}/things/things/1", "Location") == f"{named}/things/things/7"
        assert await town.field("GET", "/things/things/1", "Location", host="localhost") == (
            "http://localhost/things/things/7"
        )
        public = town.proxy.config.model_copy(update={"public_url": "https://tidegate.example/egress/"})
        town.proxy.change(ConfigChange(public))
        assert await town.field("GET", "/things/things/1", "Location", host="tidegate.example") == (
            "https://tidegate.example/egress/things/things/7"
        )
        host, base = "tidegate.example", town.base.partition("://")[2].partition("/")[2]
        town.vendor.script = [(200, {"Location": f"/{base}/things/7"}, b"{}")]
        assert await town.field("GET", "/things/things/1", "Location", host=host) == "/egress/things/things/7"
        town.vendor.script = ["reset"]
        link = await town.field("POST", "/things/shots", "Link", host=host)
        assert (link or "").startswith("</egress/_tidegate/calls/")


async def test_names_that_are_configured_while_it_runs_come_into_force(tmp_path: Path) -> None:
    async with real_town(tmp_path, [OK]) as town:
        assert await status_of(town, "/things/things/1", "later.internal") == 421
        town.proxy.change(ConfigChange(town.proxy.config.model_copy(update={"hosts": ("later.internal",)})))
        assert await status_of(town, "/things/things/1", "later.internal") == 200


@pytest.mark.parametrize("lines", ["Connection: keep-alive\r\n", "Host: 127.0.0.1\r\n", ""])
async def test_an_http_1_0_app_gets_its_answer_and_is_told_that_the_connection_ends(tmp_path: Path, lines: str) -> None:
    async with real_town(tmp_path, [(200, {}, b"{}")]) as town:
        town.vendor.script = [(200, {"Location": f"{town.base}/things/7"}, b"{}")]
        reader, writer = await asyncio.open_connection("127.0.0.1", town.proxy.port)
        writer.write(f"GET /things/things/1 HTTP/1.0\r\n{lines}Authorization: Bearer t\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        host = "127.0.0.1" if "Host" in lines else town.authority
        assert (head.split()[1], body, value_of(head, "Connection")) == (b"200", b"{}", "close")
        assert value_of(head, "Location") == f"http://{host}/things/things/7"


@pytest.mark.parametrize(("major", "status"), [(0, 400), (2, 505), (3, 505)])
def test_another_version_of_http_is_refused_whomever_it_is_for(major: int, status: int) -> None:
    request: Any = Request(version=HttpVersion(major, 0))
    ours = addressing().ours(f"127.0.0.1:{PORT}", "/acme/a", request)
    assert isinstance(ours, Reply)
    assert ours.status == status


@pytest.mark.parametrize(
    ("method", "hops", "status", "seen"),
    [
        ("OPTIONS", "0", 200, None),
        ("TRACE", "0", 501, None),
        ("OPTIONS", "1", 200, "0"),
        ("OPTIONS", "012", 200, "11"),
        ("OPTIONS", "9" * 21, 200, "9" * 20 + "8"),
        ("OPTIONS", "many", 200, "many"),
        ("GET", "0", 200, "0"),
    ],
)
async def test_a_request_that_counts_its_hops_goes_on_with_one_less(
    tmp_path: Path, method: str, hops: str, status: int, seen: str | None
) -> None:
    """RFC 9110 §7.6.2; zoxy#240."""
    async with real_town(tmp_path, [OK]) as town:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.proxy.port)
        lines = f"Host: {town.authority}\r\nAuthorization: Bearer t\r\nMax-Forwards: {hops}\r\nConnection: close"
        writer.write(f"{method} /things/things/1 HTTP/1.1\r\n{lines}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        assert int(answer.split()[1]) == status
        assert [one.headers.get("Max-Forwards") for one in town.vendor.received] == ([] if seen is None else [seen])
