"""Tests of tidegate.proxy.access.access_flaws."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import DOCUMENT, Town, play
from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.proxy.access.access_flaws import access_flaws, check_access
from tidegate.proxy.config import Config
from tidegate.proxy.identity.token_hash import RANDOM_BYTES, new_token

HASH = str(new_token(bytes(RANDOM_BYTES))[1])
TOKEN = {"tokens": [{"app": "shop", "token": "env:T"}]}


def flaws(folder: Path, **written: Any) -> list[str]:
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    config = Config.model_validate_json(json.dumps(written))
    return list(access_flaws(config, ["things", "other"], {"things": Document.load(folder / "openapi.json")}))


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ({"apps": {"shop": {"allow": {"thigs": ["*"]}}}, **TOKEN}, "no vendor thigs; did you mean things"),
        ({"apps": {"shop": {"allow": {"things": ["GetThngs"]}}}, **TOKEN}, "no operation GetThngs; did you mean"),
        ({"apps": {"shop": {"approve": {"things": ["Put?"]}}}, **TOKEN}, "Put? means no operation of things"),
        ({"apps": {"desk": {"allow": {}}}, **TOKEN}, "apps.desk: it has rules, and nothing tells which calls are its"),
        ({"apps": {"desk": {"allow": {}}}}, "or call it local"),
        ({"apps": {"shop": {"uids": [5]}}}, "only a Unix socket tells them"),
        ({"apps": {"shop": {"clients": ["san:a"]}}}, "no client certificate is asked for"),
        (
            {"socket": {"path": "s"}, "apps": {"shop": {"uids": [5]}, "desk": {"uids": [5]}}},
            "apps.desk: uid 5 is the app shop already",
        ),
        ({"tokens": [{"app": "a", "hash": HASH}, {"app": "b", "hash": HASH}]}, "the hash 00000000 stands there twice"),
    ],
)  # fmt: skip
def test_what_means_nothing_or_two_things_is_told_with_its_cure(
    tmp_path: Path, written: dict[str, Any], flaw: str
) -> None:
    [only] = flaws(tmp_path, **written)
    assert flaw in only


def test_what_means_something_is_no_flaw(tmp_path: Path) -> None:
    lists = {"things": ["GetThings", "Put*", "unlisted"], "other": ["Whatever"]}
    assert flaws(tmp_path, apps={"shop": {"allow": lists, "approve": "writes"}}, **TOKEN) == []
    assert flaws(tmp_path, apps={"local": {"allow": lists}}) == []
    assert flaws(tmp_path, apps={"shop": {}}, **TOKEN) == []


def test_a_proxy_does_not_start_with_a_flaw(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        raise AssertionError

    apps = Config.model_validate_json('{"apps": {"local": {"allow": {"things": ["GetThng"]}}}}').apps
    with pytest.raises(UsageError, match=r"apps\.local\.allow\.things: things has no operation GetThng"):
        play(tmp_path, [200], story, config={"apps": apps})


def test_every_flaw_is_told_at_once() -> None:
    config = Config.model_validate_json('{"apps": {"local": {"allow": {"a": [], "b": []}}}}')
    with pytest.raises(UsageError, match=r"no vendor a(.|\n)*no vendor b"):
        check_access(config, ["c"], {})
