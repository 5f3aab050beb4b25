"""A proxy starts while its sources are away, with the secrets that were good last, sealed on its own disk."""

import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.proxy.secrets.played_source import PlayedSource, PlayedWearer
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.configfile.secret_references import parse_secret
from tidegate.proxy.configured_store import last_good_of
from tidegate.proxy.secrets.named_sources import NamedSources
from tidegate.proxy.secrets.remote.last_good import KeptSource
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import SecretFlaw, SourceAway
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys
from tidegate.testing import run

USER, PASSWORD = parse_secret("vault:secret/x#user"), parse_secret("vault:secret/x#password")
AWAY = SourceAway("vault is sealed")
KEYS = SealingKeys([b"k" * 32])


class Life:
    """One life of a proxy: it fetches, and watches."""

    def __init__(self, world: VirtualWorld, file: Path, source: PlayedSource, keys: SealingKeys = KEYS) -> None:
        self.said: list[str] = []
        self.world, self.source = world, source
        last_good = last_good_of(world, file, keys, self.said.append)
        self.book = SecretBook({}, world.now, 100.0)
        sources = NamedSources({"vault": KeptSource(source, last_good)})
        self.watcher = SecretWatcher(world, self.book, sources, {"vault": 5.0}, 60.0)
        self.watcher.on_good = last_good.keep
        self.wearer = PlayedWearer(self.book, USER, PASSWORD)

    async def begin(self) -> None:
        await self.watcher.fetch((USER, PASSWORD))
        self.watcher.serve(self.wearer)
        self.watcher.start()

    def in_force(self) -> str:
        return self.book.version(USER).secret.reveal()


def lived(story: Callable[[VirtualWorld, PlayedSource], Awaitable[None]]) -> None:
    async def main() -> None:
        await story(VirtualWorld(1), PlayedSource(user="u1-hush", password="p1-hush"))

    run(main)


def test_a_start_without_the_source_has_what_was_in_force_last_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "secrets.sealed"

    async def story(world: VirtualWorld, source: PlayedSource) -> None:
        first = Life(world, file, source)
        await first.begin()
        source.values |= {"user": "u2-hush", "password": "p2-hush"}
        await world.sleep(6.0)
        source.values |= {"user": "u3", "password": "bad"}
        await world.sleep(12.0)
        await first.watcher.close()
        source.error = AWAY
        second = Life(world, file, source)
        await second.begin()
        assert second.in_force() == "u2-hush", "the last one that could be worn"
        assert second.said == [f"warning: vault is sealed; the last good secrets are used: {USER}, {PASSWORD}"]
        await world.sleep(80.0)
        assert second.wearer.texts == [
            "the source of secrets is away; the last good ones stay in force",
            "the source of secrets has been away for too long",
        ]
        source.error = None
        source.values |= {"user": "u4", "password": "p4"}
        await world.sleep(6.0)
        assert second.in_force() == "u4"
        await second.watcher.close()

    lived(story)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"hush" not in file.read_bytes()


@pytest.mark.parametrize("how", ["another key", "changed", "never there"])
def test_a_file_that_cannot_be_opened_is_as_none(tmp_path: Path, how: str) -> None:
    file = tmp_path / "secrets.sealed"

    async def story(world: VirtualWorld, source: PlayedSource) -> None:
        first = Life(world, file, source)
        await first.begin()
        await first.watcher.close()
        if how == "changed":
            file.write_bytes(b'{"vault:secret/x#user": ["mine", "", null, null]}')
        elif how == "never there":
            file.unlink()
        source.error = AWAY
        keys = SealingKeys([b"o" * 32]) if how == "another key" else KEYS
        with pytest.raises(SourceAway, match="vault is sealed"):
            await Life(world, file, source, keys).watcher.fetch((USER, PASSWORD))

    lived(story)


def test_a_source_that_answers_is_believed_and_not_the_file(tmp_path: Path) -> None:
    async def story(world: VirtualWorld, source: PlayedSource) -> None:
        first = Life(world, tmp_path / "kept", source)
        await first.begin()
        await first.watcher.close()
        source.error = SecretFlaw("it is gone")
        with pytest.raises(SecretFlaw, match="it is gone"):
            await Life(world, tmp_path / "kept", source).watcher.fetch((USER,))

    lived(story)


def test_a_file_that_cannot_be_written_is_told_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def story(world: VirtualWorld, source: PlayedSource) -> None:
        life = Life(world, tmp_path / "file" / "kept", source)
        await life.begin()
        assert life.in_force() == "u1-hush"
        assert "the last good secrets are not kept" in life.said[0]
        await life.watcher.close()

    lived(story)
