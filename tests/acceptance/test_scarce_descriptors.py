"""Strangers' connections and want of descriptors: probes are answered, calls get through, and no vendor is blamed."""

import contextlib
import json
import re
import resource
import socket
from contextlib import ExitStack
from typing import Any

import pytest

from tests.acceptance.asking import sent
from tests.acceptance.programs import WAIT_S, House, Proxy, eventually

pytestmark = pytest.mark.slow

LINES = b"Host: 127.0.0.1\r\nAuthorization: Bearer app\r\nConnection: close\r\n"
CALL = b"GET /stripe/v1/customers HTTP/1.1\r\n" + LINES + b"\r\n"
HALF = b"GET /stripe/v1/customers HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "


def scarce(house: House, descriptors: int, **settings: Any) -> tuple[Proxy, int]:
    """A proxy with few descriptors, and its admin port."""
    resource_before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource_before[1]), resource_before[1]))
    proxy = house.serve(**settings)
    resource.prlimit(proxy.process.pid, resource.RLIMIT_NOFILE, (descriptors, descriptors))
    [admin] = [found[1] for line in proxy.lines if (found := re.search(r"admin on http://127\.0\.0\.1:(\d+)", line))]
    return proxy, int(admin)


def page(admin: int, path: str) -> tuple[int, str]:
    """Status and body of an admin page."""
    answer = sent(admin, b"GET " + path.encode() + b" HTTP/1.1\r\n" + LINES + b"\r\n").decode()
    return int(answer.split()[1]), answer.partition("\r\n\r\n")[2]


def connected(port: int, data: bytes, stack: ExitStack) -> socket.socket:
    """A connection that has sent this."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=WAIT_S))
    connection.sendall(data)
    return connection


def answered(app: socket.socket) -> bytes:
    """What came until the end; empty for a connection that was not taken."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := app.recv(65536):
            answer += piece
    return answer


@pytest.mark.parametrize(
    ("data", "settings"),
    [
        pytest.param(HALF, {"connections_max": 90}, id="half heads, with a cap"),
        pytest.param(HALF, {}, id="half heads, with a cap that is too high"),
        pytest.param(b"", {"connections_max": 90}, id="silent ones"),
    ],
)
def test_four_hundred_strangers_leave_room_for_a_probe_and_a_call(
    house: House, data: bytes, settings: dict[str, object]
) -> None:
    proxy, admin = scarce(house, 256, **settings)
    with ExitStack() as stack:
        for number in range(400):
            connected(proxy.port, data, stack)
            if number % 50 == 0:
                assert page(admin, "/readyz")[0] == 200
        assert page(admin, "/readyz")[0] == 200
        assert eventually(lambda: sent(proxy.port, CALL).startswith(b"HTTP/1.1 200 "), "a call")
        assert 'tidegate_app_connections_closed_total{port="gateway",why="made room"}' in page(admin, "/metrics")[1]
    notes = [line for line in proxy.lines if "connections of apps closed" in line]
    assert 1 <= len(notes) < 40, "it is noted, and not for each of them"


def test_want_of_descriptors_is_ours_and_shows_while_it_lasts(house: House) -> None:
    proxy, admin = scarce(house, 128)
    house.vendor.fails(kind="latency", delay="2s")
    with ExitStack() as stack:
        apps = [connected(proxy.port, CALL, stack) for _ in range(70)]
        status, body = eventually(lambda: (found := page(admin, "/readyz"))[0] == 503 and found, "a want")
        assert (status, json.loads(body)["ready"], "descriptors" in json.loads(body)["means"]) == (503, False, True)
        assert "tidegate_out_of_means 1.0" in page(admin, "/metrics")[1]
        answers = [answer for app in apps if (answer := answered(app))]
    assert {answer[9:12] for answer in answers} == {b"200", b"503"}
    problems = [found[1] for answer in answers if (found := re.search(rb"Tidegate-Problem: (\S+)", answer))]
    assert {*problems} == {b"overloaded"}
    breakers = json.loads(page(admin, "/state")[1])["vendors"]["stripe"]["breakers"]
    assert [breaker["bad"] for breaker in breakers.values()] == [0] * len(breakers)
    eventually(lambda: page(admin, "/readyz")[0] == 200, "ready again")
