"""A source of secrets by the page's recipe: its references are read, and what it has comes into force as a pair."""

from typing import Any

import pytest

from tests.contributing.recipe import blocks
from tests.proxy.secrets.played_source import PlayedWearer
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.configfile import secret_references
from tidegate.configfile.secret_references import SOURCES, SecretRef, parse_secret
from tidegate.proxy.secrets.named_sources import NamedSources
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import SecretFlaw, SourceAway
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.testing import run


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The page's class; its references are known while a test runs, to a source of another machine."""
    monkeypatch.setattr(secret_references, "SOURCES", dict(SOURCES))
    monkeypatch.setattr(secret_references, "REMOTE", secret_references.REMOTE | {"acme"})
    names: dict[str, Any] = {}
    for code in blocks("secret-source", "python"):
        exec(compile(code, "secret-source.md", "exec"), names)
    return names["AcmeSource"]


def test_what_the_source_has_comes_into_force_as_a_pair(acme: Any) -> None:
    entry: dict[str, Any] = {"fields": {"user": "u1", "password": "p1"}, "version": 1}
    user, password = parse_secret("acme:team/x#user"), parse_secret("acme:team/x#password")

    async def ask(path: str) -> tuple[dict[str, str], int]:
        assert path == "team/x"
        return entry["fields"], entry["version"]

    async def main() -> tuple[list[dict[str, str]], str]:
        world = VirtualWorld(1)
        book = SecretBook({}, world.now, 100.0)
        watcher = SecretWatcher(world, book, NamedSources({"acme": acme(ask)}), {"acme": 5.0}, 60.0)
        await watcher.fetch((user, password))
        watcher.serve(wearer := PlayedWearer(book, user, password))
        watcher.start()
        entry.update(fields={"user": "u2", "password": "p2"}, version=2)
        await world.sleep(6.0)
        await watcher.close()
        return wearer.worn, book.version(user).mark

    assert run(main) == ([{"user": "u2", "password": "p2"}], "version 2")


async def test_what_is_wrong_is_told_apart(acme: Any) -> None:
    async def away(path: str) -> Any:
        raise ConnectionError("refused")

    async def empty(path: str) -> Any:
        return {}, 1

    ref = SecretRef("acme", "team/x#user")
    with pytest.raises(SourceAway, match="acme does not answer: refused"):
        await acme(away).read("acme:team/x", (ref,))
    with pytest.raises(SecretFlaw, match="acme:team/x#user: there is no field of this name"):
        await acme(empty).read("acme:team/x", (ref,))
