"""Pact files are found among others in a folder, and a broken one is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from tidegate.contracts.message_expectation import A_REQUEST
from tidegate.contracts.pact_files import HTTP, PactFile, find_pacts, read_folder, written
from tidegate.problems import UsageError

NAMES: dict[str, Any] = {"provider": {"name": "shop"}, "consumer": {"name": "web"}}
REQUEST = {"description": "list", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
MESSAGE = {"type": "Asynchronous/Messages", "description": "made", "contents": {"content": {}}}
TOLD = {**MESSAGE, "description": "told", "providerStates": [{"name": A_REQUEST, "params": {}}]}
QUESTION = {"type": "Synchronous/Messages", "description": "asked"}


def put(folder: Path, name: str, content: Any, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding=encoding)
    return path


def test_pacts_of_every_version_are_read_and_other_files_passed_over(tmp_path: Path) -> None:
    old = put(tmp_path, "a.json", {**NAMES, "interactions": [REQUEST]})
    message = put(tmp_path, "b.json", {**NAMES, "messages": [{"description": "made", "contents": {}}]})
    new = put(tmp_path, "c.json", {**NAMES, "interactions": [{**REQUEST, "type": HTTP}, MESSAGE, TOLD, QUESTION]})
    others = [
        put(tmp_path, f"{number}.json", other) for number, other in enumerate([{"name": "app"}, [1], "text", None])
    ]
    assert read_folder(tmp_path) == (
        [
            PactFile(old, "web", "shop", 1),
            PactFile(message, "web", "shop", 0, (), ("made",), is_odd=True),
            PactFile(new, "web", "shop", 1, ("told",), ("made", "asked")),
        ],
        others,
    )
    assert find_pacts("shop", tmp_path) == [old, message, new]
    with pytest.raises(UsageError, match=r"no pact with shap; did you mean shop\?; no pact: 0.json, 1.json"):
        find_pacts("shap", tmp_path)


def test_what_is_verified_over_http_is_written_without_the_messages(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    whole = put(tmp_path, "a.json", {**NAMES, "interactions": [REQUEST]})
    put(tmp_path, "b.json", {**NAMES, "messages": [{"description": "made"}]})
    put(tmp_path, "c.json", {**NAMES, "interactions": [MESSAGE, REQUEST, TOLD], "metadata": {"x": 1}})
    first, second = written(read_folder(tmp_path)[0], tmp_path / "to", messages=False)
    assert first == whole
    assert json.loads(second.read_bytes()) == {**NAMES, "interactions": [REQUEST], "metadata": {"x": 1}}
    _, third = written(read_folder(tmp_path)[0], tmp_path / "to", messages=True)
    assert json.loads(third.read_bytes())["interactions"] == [REQUEST, TOLD]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_in_another_encoding_is_written_in_utf8(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "to").mkdir()
    put(tmp_path, "a.json", {**NAMES, "interactions": [REQUEST]}, encoding)
    (path,) = written(read_folder(tmp_path)[0], tmp_path / "to", messages=True)
    assert json.loads(path.read_text(encoding="utf-8"))["interactions"] == [REQUEST]


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        ({"messages": []}, {}),
        ({"metadata": {"plugins": [{"name": "csv"}], "x": 1}}, {"metadata": {"x": 1}}),
        ({"metadata": {"pactSpecification": {"version": "4.0"}}, "messages": None}, {}),
    ],
)
def test_what_the_library_stumbles_over_is_left_out(
    tmp_path: Path, beside: dict[str, Any], kept: dict[str, Any]
) -> None:
    (tmp_path / "to").mkdir()
    plugin = {**REQUEST, "description": "csv", "type": HTTP, "pluginConfiguration": {"csv": {}}}
    put(tmp_path, "a.json", {**NAMES, "interactions": [REQUEST, plugin], **beside})
    files = read_folder(tmp_path)[0]
    assert (files[0].requests, files[0].others) == (1, ("csv",))
    (path,) = written(files, tmp_path / "to", messages=False)
    found = json.loads(path.read_bytes())
    assert [one["description"] for one in found["interactions"]] == ["list"]
    assert "messages" not in found
    assert found.items() >= kept.items()


@pytest.mark.parametrize("version", ["4.0", "V4", 4])
def test_interactions_of_version_4_have_their_type(tmp_path: Path, version: Any) -> None:
    (tmp_path / "to").mkdir()
    about = {"metadata": {"pactSpecification": {"version": version}}}
    put(tmp_path, "a.json", {**NAMES, "interactions": [REQUEST], **about})
    put(tmp_path, "b.json", {**NAMES, "interactions": None, "messages": [{"description": "made"}]})
    (path,) = written(read_folder(tmp_path)[0], tmp_path / "to", messages=False)
    assert json.loads(path.read_bytes())["interactions"] == [{**REQUEST, "type": HTTP}]


@pytest.mark.parametrize(
    "content", [b"{", b"\xff", b'{"provider": {"name": 3}}', b'{"interactions": []}', b'{"provider": 1, "consumer": 2}']
)
def test_a_file_that_is_no_pact_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"bad\.json"):
        find_pacts("stripe", tmp_path)


def test_a_provider_without_pacts_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pact with stripe"):
        find_pacts("stripe", tmp_path)


def test_a_pact_without_interactions_proves_nothing(tmp_path: Path) -> None:
    empty = {"provider": {"name": "stripe"}, "consumer": {"name": "c"}, "interactions": []}
    (tmp_path / "empty.json").write_text(json.dumps(empty))
    with pytest.raises(UsageError, match="no interactions"):
        find_pacts("stripe", tmp_path)
