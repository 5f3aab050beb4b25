"""Tests of tidegate.proxy.forward.observer: what is told of the requests and tunnels of a running proxy."""

from pathlib import Path
from typing import Any

from tests.proxy.forward.forward_town import CONNECT, HOST, LAST, OK, echo_host, forwarded, get, told
from tests.proxy.town import Town
from tidegate.proxy.forward.observation import Observation
from tidegate.testing.scripted_vendor import ScriptedVendor

RULES = {"rules": [{"hosts": ["echo.example"], "action": "tunnel", "ports": [443, 80]}]}


def watched(town: Town) -> list[Observation]:
    seen: list[Observation] = []
    town.proxy.forward.observations.listeners.append(seen.append)
    return seen


def shown(seen: list[Observation], *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(each, field) for field in fields) for each in seen]


def test_each_request_inside_a_tunnel_is_told_with_its_operation_key_and_repeat(tmp_path: Path) -> None:
    post = get("/api/things?secret=1", "Idempotency-Key: k", method="POST", body=b"{}")

    async def story(town: Town) -> None:
        seen = watched(town)
        await told(town, CONNECT, get("/api/nowhere"), post, post, LAST)
        await town.world.sleep(1.0)
        fields = ("method", "path", "status", "vendor", "operation", "keyed", "repeat", "sent_bytes")
        assert shown(seen, *fields) == [
            ("GET", "/api/nowhere", 200, "things", "", False, 0, 0),
            ("POST", "/api/things", 200, "things", "PostThings", True, 0, 2),
            ("POST", "/api/things", 200, "things", "PostThings", True, 1, 2),
            ("GET", "/api/things", 200, "things", "GetThings", False, 0, 0),
        ]
        assert {(each.way, each.scheme, each.host, each.port, each.app) for each in seen} == {
            ("opened", "https", HOST, 443, "local")
        }
        assert (seen[0].media_type, seen[0].received_bytes) == ("application/json", 12)

    forwarded(tmp_path, [OK] * 4, story)


def test_what_is_no_vendors_and_what_is_refused_is_told_too(tmp_path: Path) -> None:
    absolute = b"POST http://%b/v1/x?y HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"

    async def story(town: Town) -> None:
        seen = watched(town)
        town.world.network.names["echo.example"] = "93.184.216.40"
        other = ScriptedVendor([(201, {"Content-Type": "text/plain; charset=x"}, b"made")], town.world.machine("other"))
        await other.start("93.184.216.40", 80)
        for host in (b"echo.example", b"evil.example", b"echo.example"):
            await told(town, absolute % host)
        await told(town, CONNECT.replace(HOST.encode(), b"evil.example"))
        await town.world.sleep(1.0)
        assert shown(seen, "way", "host", "path", "status", "repeat", "refused", "media_type") == [
            ("absolute", "echo.example", "/v1/x", 201, 0, "", "text/plain"),
            ("absolute", "evil.example", "/v1/x", 403, 0, "egress-denied", ""),
            ("absolute", "echo.example", "/v1/x", 201, 1, "", "text/plain"),
            ("tunnel", "evil.example", "", 403, 0, "egress-denied", ""),
        ]

    forwarded(tmp_path, [], story, forward=RULES)


def test_a_tunnel_is_told_at_its_end_with_its_bytes(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        seen = watched(town)
        await echo_host(town, "echo.example", "93.184.216.40")
        await told(town, CONNECT.replace(HOST.encode(), b"echo.example"), b"hello", within_s=10.0)
        await town.world.sleep(1.0)
        assert shown(seen, "way", "scheme", "method", "status", "sent_bytes", "received_bytes") == [
            ("tunnel", "", "CONNECT", 200, 5, 5)
        ]
        assert seen[0].took_s > 5.0

    forwarded(tmp_path, [], story, forward=RULES)


def test_without_a_listener_nothing_is_made(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await told(town, CONNECT, LAST)
        observations = town.proxy.forward.observations
        assert (len(observations._waiting), len(observations._known)) == (0, 0)

    forwarded(tmp_path, [OK], story)
