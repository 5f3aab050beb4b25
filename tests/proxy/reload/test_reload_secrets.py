"""A reload whose files name other secrets: they are fetched first, and the watch goes by them from then on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.proxy.secrets.played_source import PlayedSource
from tests.proxy.secrets.rotating_town import SOON_S, RotatingTown, rotate
from tests.proxy.town import Step
from tidegate.problems import UsageError
from tidegate.proxy.reload.reload import Reloader
from tidegate.proxy.secrets.secret_source import SourceAway

OK: Step = (200, {"Content-Type": "application/json"}, b'{"id": 1}')


async def at_once(work: Callable[[], object]) -> object:
    return work()


def written(folder: Path, secret: str) -> Path:
    """A tidegate.yaml beside the vendor's file, whose secret is somewhere else."""
    file = folder / "tidegate.yaml"
    use: dict[str, Any] = {"things": {"secret": secret}}
    file.write_text(json.dumps({"use": use, "vendors": ["vendors"], "store": "store.db"}))
    vendor = folder / "vendors" / "things"
    vendor.mkdir(parents=True, exist_ok=True)
    for name in ("vendor.yaml", "openapi.json"):
        (vendor / name).write_bytes((folder / name).read_bytes())
    return file


def reloader(town: RotatingTown, vault: PlayedSource, file: Path) -> Reloader:
    town.watcher._sources._sources["vault"] = vault  # type: ignore[index]  # it is a dict
    town.watcher._every_s["vault"] = 1.0  # type: ignore[index]  # it is a dict
    return Reloader(town.machine, town.proxy, at_once, file, town.watcher.book, town.watcher)


def test_a_secret_that_moved_to_another_machine_is_fetched_and_worn(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[str]:
        vault = PlayedSource(key="sk_of_the_vault")
        reload = reloader(town, vault, written(tmp_path, "vault:secret/things#key"))
        await reload.reload()
        await town.ask("GET", "/things/things/1")
        vault.values["key"] = "sk_of_the_vault_2"
        await town.watcher.look()
        await town.ask("GET", "/things/things/1")
        assert {ref.source for ref in town.watcher.book.lives} == {"vault"}, "the file is watched no more"
        return town.sent_keys()

    assert rotate(tmp_path, [OK, OK], story) == ["sk_of_the_vault", "sk_of_the_vault_2"]


def test_a_source_that_is_away_leaves_the_old_file_in_force(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[list[str], Any]:
        vault = PlayedSource(key="sk_of_the_vault")
        vault.error = SourceAway("vault is sealed")
        reload = reloader(town, vault, written(tmp_path, "vault:secret/things#key"))
        await reload.reload()
        await town.ask("GET", "/things/things/1")
        return town.sent_keys(), town.proxy.refused["tidegate.yaml"]["why"]

    keys, why = rotate(tmp_path, [OK], story)
    assert keys == ["sk_the_first_one"]
    assert why == "vault is sealed"


def test_a_reload_takes_new_secrets_too(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[str]:
        reload = reloader(town, PlayedSource(), written(tmp_path, f"file:{tmp_path / 'key'}"))
        await reload.reload()
        town.put(key="sk_the_second_one")
        await reload.reload()
        await town.ask("GET", "/things/things/1")
        town.put(key="sk_the_third_one")
        await town.world.sleep(SOON_S)
        await town.ask("GET", "/things/things/1")
        return town.sent_keys()

    assert rotate(tmp_path, [OK, OK], story) == ["sk_the_second_one", "sk_the_third_one"]
    assert issubclass(SourceAway, UsageError)
