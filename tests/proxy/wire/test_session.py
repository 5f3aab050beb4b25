"""What only the session path says; the promises that both paths keep are in test_transport.py."""

import ssl
from dataclasses import replace

import pytest

from tests.proxy.wires import GET, OK, patient, saying, vendor
from tidegate.proxy.wire.exchange_errors import NotSent
from tidegate.proxy.wire.session import SessionTransport
from tidegate.proxy.wire.transport import IDLE_MAX_S
from tidegate.world.world import RealWorld


async def test_no_tunnel_is_opened() -> None:
    async with vendor(saying(OK)) as (pooled, accepted):
        transport = SessionTransport(RealWorld(), pooled.origin)
        with pytest.raises(NotSent) as raised:
            await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient(), upgrade=True)
        assert raised.value.error == "http_upgrade_failed"
        assert accepted == []


async def test_the_address_that_is_connected_to_is_the_one_that_is_checked_for_a_name_too() -> None:
    async with vendor(saying(OK)) as (pooled, accepted):
        transport = SessionTransport(RealWorld(), replace(pooled.origin, host="localhost", private=False))
        with pytest.raises(NotSent) as raised:
            await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        assert raised.value.error == "destination_ip_prohibited"
        assert accepted == []
        await transport.close()


async def test_a_name_without_an_address_is_told_apart() -> None:
    async with vendor(saying(OK)) as (pooled, _):
        transport = SessionTransport(RealWorld(), replace(pooled.origin, host="nobody.invalid"))
        with pytest.raises(NotSent) as raised:
            await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        assert raised.value.error == "dns_error"
        await transport.close()


async def test_header_lines_arrive_as_they_were_written_and_none_is_added() -> None:
    seen: list[bytes] = []

    async def serve(reader: object, writer: object) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))  # type: ignore[attr-defined]  # a StreamReader
        writer.write(OK)  # type: ignore[attr-defined]  # a StreamWriter

    request = b"GET /a%20b?c=%2F HTTP/1.1\r\nHost: v.example\r\nX-One: 1\r\nX-One: 2\r\n\r\n"
    async with vendor(serve) as (pooled, _):
        transport = SessionTransport(RealWorld(), pooled.origin)
        await transport.exchange(request, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        await transport.close()
    assert seen == [request]


async def test_tls_is_verified() -> None:
    async with vendor(saying(OK)) as (pooled, _):
        transport = SessionTransport(RealWorld(), replace(pooled.origin, tls=ssl.create_default_context()))
        with pytest.raises(NotSent) as raised:
            await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient(connect_s=0.5))
        assert raised.value.error in ("tls_protocol_error", "connection_timeout", "destination_unavailable")
        await transport.close()
