"""Tests of tidegate.proxy.admin, over real sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Literal

import aiohttp
import orjson
import pytest

from tests.proxy.store.places import sqlite_at
from tidegate.proxy.admin import CONNECTIONS_MAX, Admin
from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.config import Config, ListenAddress
from tidegate.proxy.desk.port.audit_pages import AuditDesk
from tidegate.proxy.telemetry.metrics import Metrics, VendorState
from tidegate.world.world import RealWorld

LOCAL = "HTTP/1.1\r\nHost: localhost\r\n"


class FakeProxy:
    """A proxy that shows what it is told to."""

    draining = False
    store_trouble = ""
    in_flight = 2

    def __init__(self) -> None:
        self.config = Config()
        self.troubles: dict[str, str] = {}
        self.file: Mapping[str, object] = {"sha256": "abc"}
        self.refused: dict[str, Mapping[str, object]] = {}
        self.hurried = 0
        self.forced: list[tuple[str, str, str | None]] = []

    def state(self) -> Mapping[str, VendorState]:
        return {
            "stripe": VendorState(
                breakers={"default": {"state": "open"}},
                limits={"account": 0.5},
                queued=1,
                would_refuse={("breaker", "open"): 3},
                quota_alerts={("daily", "80%"): 1},
            )
        }

    async def reload(self) -> list[str]:
        self.hurried += 1
        return ["stripe"]

    def force(self, vendor: str, group: str, to: Literal["open", "closed"] | None) -> bool:
        self.forced.append((vendor, group, to))
        return group == "default"


@pytest.fixture
async def proxy() -> FakeProxy:
    return FakeProxy()


@pytest.fixture
async def base(proxy: FakeProxy) -> AsyncIterator[str]:
    admin = Admin(RealWorld(), ListenAddress("127.0.0.1", 0), proxy, Metrics({}, proxy.state), proxy.reload)
    await admin.start()
    yield f"http://127.0.0.1:{admin.port}"
    await admin.close()


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_it_is_alive_and_ready_until_it_drains(base: str, proxy: FakeProxy) -> None:
    assert (await get(f"{base}/healthz"))[0] == 200
    assert (await get(f"{base}/readyz"))[0] == 200
    proxy.draining = True
    assert (await get(f"{base}/healthz"))[0] == 200
    assert (await get(f"{base}/readyz"))[0] == 503


async def test_it_is_not_ready_while_it_has_trouble_of_its_own_and_says_which(base: str, proxy: FakeProxy) -> None:
    proxy.troubles["means"] = "there are no descriptors"
    status, text = await get(f"{base}/readyz")
    assert (status, "there are no descriptors" in text) == (503, True)
    assert (await get(f"{base}/healthz"))[0] == 200
    proxy.troubles.clear()
    assert (await get(f"{base}/readyz"))[0] == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/state", "/reload", "/breakers/stripe/default"])
async def test_no_page_is_shown_under_another_name(base: str, proxy: FakeProxy, path: str) -> None:
    method = "POST" if path.startswith(("/reload", "/breakers")) else "GET"
    for host, status in (("evil.test", 421), ("127.0.0.1.evil.test:8081", 421), ("127.0.0.1:x", 400), ("", 400)):
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{base}{path}", headers={"Host": host}, json={"force": "open"}) as answer,
        ):
            assert answer.status == status
            assert "stripe" not in await answer.text()
    assert (proxy.forced, proxy.hurried) == ([], 0)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /healthz HTTP/1.1\r\nHost: proxy:8081\r\n", 421),
        ("GET /healthz HTTP/1.1\r\nHost: localhost.\r\n", 200),
        ("GET /healthz HTTP/1.0\r\n", 200),
        ("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n", 200),
        ("GET /healthz HTTP/1.1\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n", 400),
        ("GET http://127.0.0.1/healthz HTTP/1.1\r\nHost: evil.test\r\n", 200),
        ("GET http://evil.test/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n", 421),
        ("GET http://me@127.0.0.1/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n", 400),
        (f"CONNECT /healthz {LOCAL}", 501),
        (f"CONNECT localhost:8081 {LOCAL}", 501),
        (f"DELETE /healthz {LOCAL}", 405),
        (f"GET /reload {LOCAL}", 405),
        (f"GET /breakers/stripe/default {LOCAL}", 405),
        (f"POST /reload {LOCAL}Content-Type: application/json\r\nContent-Length: 99999\r\n", 413),
    ],
)
async def test_a_request_by_hand_is_answered_and_the_connection_closed(base: str, head: str, status: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    close = "" if "Connection" in head else "Connection: close\r\n"
    body = b"{}" + bytes(99997) if status == 413 else b""
    writer.write(f"{head}{close}\r\n".encode() + body)
    answer = (await reader.read()).decode()
    assert int(answer.split()[1]) == status
    assert "Connection: close\r\n" in answer
    assert ("Allow: " in answer) is (status == 405)
    writer.close()
    await writer.wait_closed()


async def test_a_name_that_is_configured_later_is_answered(base: str, proxy: FakeProxy) -> None:
    async def asked() -> int:
        headers = {"Host": "proxy:8081"}
        async with aiohttp.ClientSession() as session, session.get(f"{base}/state", headers=headers) as answer:
            return answer.status

    assert await asked() == 421
    proxy.config = Config(hosts=("proxy",))
    assert await asked() == 200


async def test_who_forces_a_breaker_is_recorded(proxy: FakeProxy, tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        desk = AuditDesk(store, AuditRecorder(RealWorld(), store, lambda *_: None))
        address = ListenAddress("127.0.0.1", 0)
        admin = Admin(RealWorld(), address, proxy, Metrics({}), proxy.reload, audit=desk)
        await admin.start()
        url = f"http://127.0.0.1:{admin.port}/breakers/stripe/"
        async with aiohttp.ClientSession() as session:
            for group, order in (
                ("default", {"force": "open", "by": "ada", "note": "calm"}),
                ("default", {"force": None}),
                ("none", {"force": "open"}),
            ):
                await session.post(url + group, json=order)
            async with session.get(f"http://127.0.0.1:{admin.port}/audit") as answer:
                rows = [orjson.loads(row["line"]) for row in (await answer.json())["rows"]]
        await admin.close()
        await desk.recorder.close()
    shown = [(row["what"], row["who"], row["target"], row.get("reason")) for row in rows]
    assert shown == [
        ("breaker.forced", "ada", "breaker:stripe/default", "calm"),
        ("breaker.released", "unnamed", "breaker:stripe/default", None),
    ]


async def test_its_connections_are_bounded_and_shown(base: str) -> None:
    port = int(base.rpartition(":")[2])
    strangers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS_MAX * 2)]
    for _, writer in strangers:
        writer.write(b"GET /readyz HTTP/1.1\r\nX: ")
    assert (await get(f"{base}/readyz"))[0] == 200
    text = (await get(f"{base}/metrics"))[1]
    assert f'tidegate_app_connections{{port="admin"}} {CONNECTIONS_MAX}.0' in text
    assert 'tidegate_app_connections_closed_total{port="admin",why="made room"}' in text
    for _, writer in strangers:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_it_is_not_ready_while_no_write_can_be_recorded_and_says_why(base: str, proxy: FakeProxy) -> None:
    proxy.store_trouble = "store.db: this store cannot be used: database or disk is full"
    status, body = await get(f"{base}/readyz")
    assert (status, orjson.loads(body)) == (503, {"ready": False, "store": proxy.store_trouble})
    assert (await get(f"{base}/healthz"))[0] == 200, "a restart would not mend it"
    proxy.store_trouble = ""
    assert (await get(f"{base}/readyz"))[0] == 200


async def test_it_shows_the_state_of_the_policies(base: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{base}/state") as answer:
        state = await answer.json()
        assert state.pop("tasks") >= 2
        assert state == {
            "draining": False,
            "deliveries": [],
            "in_flight": 2,
            "config": {"sha256": "abc"},
            "refused": {},
            "store": {"trouble": ""},
            "vendors": {
                "stripe": {
                    "breakers": {"default": {"state": "open"}},
                    "connections": 0,
                    "leased": 0,
                    "ending": {},
                    "file": {},
                    "limits": {"account": 0.5},
                    "queued": 1,
                    "quota_alerts": {"daily 80%": 1},
                    "would_refuse": {"breaker open": 3},
                }
            },
        }


async def test_it_shows_prometheus_its_figures(base: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{base}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    assert 'tidegate_breaker_state{group="default",vendor="stripe"} 2.0' in text
    assert 'tidegate_would_refuse_total{reason="open",rule="breaker",vendor="stripe"} 3.0' in text
    assert 'tidegate_quota_alerts_total{limit="daily",share="80%",vendor="stripe"} 1.0' in text


@pytest.mark.parametrize("to", ["open", "closed", None])
async def test_an_operator_can_force_a_breaker(base: str, proxy: FakeProxy, to: str | None) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{base}/breakers/stripe/default", json={"force": to}) as answer:
            assert (answer.status, await answer.json()) == (200, {"vendor": "stripe", "group": "default", "force": to})
        async with session.post(f"{base}/breakers/stripe/other", json={"force": to}) as answer:
            assert answer.status == 404
    assert proxy.forced == [("stripe", "default", to), ("stripe", "other", to)]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param(b'{"force": "open"}', "text/plain", 415, id="what a page in a browser could send"),
        pytest.param(b'{"force": "ajar"}', "application/json", 400, id="a word that is not known"),
        pytest.param(b"{}", "application/json", 400, id="nothing said"),
        pytest.param(b"[", "application/json", 400, id="no JSON"),
    ],
)
async def test_what_forces_nothing(base: str, proxy: FakeProxy, body: bytes, content_type: str, status: int) -> None:
    headers, url = {"Content-Type": content_type}, f"{base}/breakers/stripe/default"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == status
    assert proxy.forced == []


async def test_a_reload_tells_what_came_into_force_and_what_did_not(base: str, proxy: FakeProxy) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{base}/reload", json={}) as answer:
            assert (answer.status, await answer.json()) == (200, {"reloaded": ["stripe"], "refused": {}})
        proxy.refused["openai"] = {"why": "its budget is no duration"}
        async with session.post(f"{base}/reload", json={}) as answer:
            assert answer.status == 409
            assert (await answer.json())["refused"] == {"openai": "its budget is no duration"}
        async with session.post(f"{base}/reload", data=b"") as answer:
            assert answer.status == 415
    assert proxy.hurried == 2


async def test_there_is_nothing_else(base: str) -> None:
    assert (await get(f"{base}/"))[0] == 404


async def test_a_port_in_use_is_an_error_of_the_system(base: str, proxy: FakeProxy) -> None:
    port = int(base.rpartition(":")[2])
    other = Admin(RealWorld(), ListenAddress("127.0.0.1", port), proxy, Metrics({}), proxy.reload)
    with pytest.raises(OSError, match="in use"):
        await other.start()
    await other.close()
