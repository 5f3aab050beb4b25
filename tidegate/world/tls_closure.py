"""Whether the other end of a TLS connection said that it ends, or the connection just ended.

Anybody on the way can end a connection; only the other end can send the closure alert (RFC 8446 §6.1). asyncio calls
`eof_received` either way, uvloop only for the alert: tests/tidegate/world/test_tls_closure.py holds both.
"""

import asyncio
import ssl


def is_confirmed(transport: asyncio.BaseTransport) -> bool:
    """Asked in `eof_received`: True where the closure alert has come, and without TLS."""
    tls = transport.get_extra_info("ssl_object")
    try:
        return tls is None or not tls.read(1)  # there is nothing left to read but the alert
    except ssl.SSLError:
        return False


def cut_off(transport: asyncio.BaseTransport | None) -> ConnectionResetError | None:
    """Asked in `connection_lost` where no end was confirmed: the error that an end of a TLS connection then is."""
    if transport is None or transport.get_extra_info("ssl_object") is None:
        return None
    return ConnectionResetError("TLS ended without a closure alert")
