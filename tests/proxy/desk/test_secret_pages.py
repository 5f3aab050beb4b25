"""Tests of tidegate.proxy.desk.secret_pages."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.secrets.rotating_town import RotatingTown, rotate
from tidegate.proxy.desk.secret_pages import SecretPages


def pages(town: RotatingTown) -> SecretPages:
    return SecretPages(town.machine, town.watcher, town.worn)


async def answer(town: RotatingTown, method: str, path: str, order: object = None) -> tuple[int, Any]:
    page = await pages(town).answer(method, path, json.dumps(order).encode())
    return page.status, json.loads(page.body)


def test_every_secret_is_listed_and_none_is_shown(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> Any:
        return await answer(town, "GET", "/secrets")

    status, document = rotate(tmp_path, [], story)
    (secret,) = document["secrets"]
    assert (status, secret["vendor"], secret["version"], secret["refused"]) == (200, "things", 1, "")
    assert secret["secret"] == f"file:{tmp_path / 'key'}"
    assert "sk_" not in json.dumps(document)


def test_a_look_puts_what_is_new_in_force_at_once(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[Any]:
        town.put(key="sk_the_second_one")
        ref = f"file:{tmp_path / 'key'}"
        return [
            await answer(town, "POST", "/secrets/rotate", {"secret": ref}),
            await answer(town, "POST", "/secrets/rotate", {}),
        ]

    assert rotate(tmp_path, [], story) == [
        (200, {"rotated": [f"file:{tmp_path / 'key'}"], "refused": {}}),
        (200, {"rotated": [], "refused": {}}),
    ]


def test_whoever_says_so_ends_the_overlap(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[str]:
        town.put(key="sk_the_second_one")
        await answer(town, "POST", "/secrets/rotate", {"retire": True})
        (secret,) = (await answer(town, "GET", "/secrets"))[1]["secrets"]
        return [version["state"] for version in secret["versions"]]

    assert rotate(tmp_path, [], story) == ["current", "retired"]


def test_what_cannot_be_used_is_told_to_who_asked_and_among_the_troubles(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[Any, dict[str, str]]:
        town.put(key="")
        return await answer(town, "POST", "/secrets/rotate", {}), dict(pages(town).troubles)

    (status, document), troubles = rotate(tmp_path, [], story)
    ref = f"file:{tmp_path / 'key'}"
    assert (status, document) == (200, {"rotated": [], "refused": {ref: f"{ref}: the secret is empty"}})
    assert troubles == {ref: f"a new secret is refused: {ref}: the secret is empty"}


@pytest.mark.parametrize(
    ("method", "path", "order", "status", "why"),
    [
        ("POST", "/secrets", {}, 405, ""),
        ("GET", "/secrets/rotate", {}, 405, ""),
        ("GET", "/secrets/none", {}, 404, "no such page"),
        ("POST", "/secrets/rotate", [], 400, "say which"),
        ("POST", "/secrets/rotate", {"secret": 7}, 400, "say which"),
        ("POST", "/secrets/rotate", {"retire": "yes"}, 400, "true or false"),
        ("POST", "/secrets/rotate", {"secret": "file:/nowhere"}, 404, "no secret in use has this reference"),
    ],
)
def test_what_cannot_be_done_is_told(
    tmp_path: Path, method: str, path: str, order: object, status: int, why: str
) -> None:
    async def story(town: RotatingTown) -> tuple[int, str]:
        page = await pages(town).answer(method, path, json.dumps(order).encode())
        return page.status, page.body.decode()

    came, body = rotate(tmp_path, [], story)
    assert came == status
    assert why in body
