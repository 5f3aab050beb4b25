"""systemd hears of it where it listens, on a path or an abstract socket, and nobody is harmed where it does not."""

import os
import socket
from pathlib import Path

import pytest

from tidegate.world.service_manager import VARIABLE, tell_service_manager


@pytest.mark.parametrize("form", ["path", "abstract"])
def test_what_listens_hears_of_it(tmp_path: Path, form: str) -> None:
    name = f"tidegate-test-{os.getpid()}"
    given, address = (str(tmp_path / "notify"),) * 2 if form == "path" else (f"@{name}", f"\0{name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        tell_service_manager("READY=1", {VARIABLE: given})
        tell_service_manager("STOPPING=1", {VARIABLE: given})
        assert [manager.recv(100), manager.recv(100)] == [b"READY=1", b"STOPPING=1"]


def test_without_a_listener_nothing_happens(tmp_path: Path) -> None:
    tell_service_manager("READY=1", {})
    tell_service_manager("READY=1", {VARIABLE: str(tmp_path / "nobody")})
