"""Connections are made to addresses that were checked, and what fails is named."""

import ssl

import pytest

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.wire.dial import dial, not_connected
from tidegate.proxy.wire.pool_connection import new_connection
from tidegate.proxy.wire.transport import NotSent, Origin


@pytest.mark.parametrize(
    ("host", "private", "error"),
    [
        ("nobody.example", False, "dns_error"),
        ("inside.example", False, "destination_ip_prohibited"),
        ("inside.example", True, "connection_refused"),
        ("169.254.169.254", False, "destination_ip_prohibited"),
    ],
)
def test_what_fails_is_named_and_nothing_was_sent(host: str, private: bool, error: str) -> None:
    async def main() -> str:
        world = VirtualWorld(1, names={"inside.example": "10.0.0.1"})
        with pytest.raises(NotSent) as raised:
            await dial(world, Origin(host, 80, None, private=private), new_connection)
        return raised.value.error

    assert run(main) == error


def test_each_failure_to_connect_has_its_name() -> None:
    verify = ssl.SSLCertVerificationError()
    verify.verify_message = "expired"
    found = [
        not_connected(error, "a", 1).error for error in (verify, ssl.SSLError(), ConnectionRefusedError(), OSError())
    ]
    assert found == ["tls_certificate_error", "tls_protocol_error", "connection_refused", "destination_unavailable"]
