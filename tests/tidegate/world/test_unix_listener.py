"""Tests of tidegate.world.unix_listener."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest

from tidegate.world.unix_listener import listen_on
from tidegate.world.world import RealWorld


class Closing(asyncio.Protocol):
    """Closes what it is given."""

    ends: ClassVar[list[asyncio.Future[None]]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.end = asyncio.get_running_loop().create_future()
        self.ends.append(self.end)
        transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.end.set_result(None)


@pytest.fixture(autouse=True)
async def every_connection_ends() -> AsyncIterator[None]:
    Closing.ends.clear()
    yield
    await asyncio.gather(*Closing.ends)


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def connects(path: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    await reader.read()
    writer.close()
    await writer.wait_closed()
    return True


async def test_its_file_has_its_mode_and_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    listener = await RealWorld().listen_unix(Closing, path, 0o620)
    assert path.stat().st_mode & 0o777 == 0o620
    assert await connects(path)
    assert names_in(tmp_path) == ["a.sock"]
    await listener.close()
    assert not path.exists()


async def test_what_a_dead_process_has_left_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    listener = await listen_on(Closing, path, 0o600)
    assert await connects(path)
    await listener.close()


async def test_a_socket_that_somebody_answers_on_stays_theirs(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    first = await listen_on(Closing, path, 0o600)
    with pytest.raises(OSError, match="another program is listening there"):
        await listen_on(Closing, path, 0o600)
    assert await connects(path)
    await first.close()


async def test_a_file_of_another_kind_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    link = tmp_path / "link.sock"
    link.symlink_to(path)
    for other in (path, link):
        with pytest.raises(OSError, match="no socket"):
            await listen_on(Closing, other, 0o600)
    assert path.read_text() == "mine"


async def test_where_it_cannot_be_made_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as refused:
        await listen_on(Closing, tmp_path / "none" / "a.sock", 0o600)
    assert refused.value.filename == str(tmp_path / "none" / "a.sock")
    assert names_in(tmp_path) == []


async def test_a_file_that_another_has_put_in_its_place_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    first = await listen_on(Closing, path, 0o600)
    path.rename(tmp_path / "moved")
    path.write_text("another's")
    await first.close()
    assert path.read_text() == "another's"
