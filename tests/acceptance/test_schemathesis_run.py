"""The run with schemathesis notices what it is for, and finds nothing on a small document."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.documents import SPECS
from tests.acceptance.schemathesis_run import (
    BRIEF,
    DOCUMENTS,
    SCHEMA,
    SERVER,
    Trial,
    Tried,
    mended,
    missing,
    relative_names,
    run,
)
from tidegate.simulator.simulated_vendor import load_simulated_vendor

pytestmark = pytest.mark.slow

SMALL = SPECS / "adyen/TransferService-v4.json"


@pytest.fixture(autouse=True)
def needed() -> None:
    """Where the tool or the documents cannot be had, it fails in CI and skips elsewhere."""
    why = missing()
    if why and os.environ.get("CI"):
        pytest.fail(why)
    if why:
        pytest.skip(why)


def tried(home: Path, document: Path = SMALL, *more: str) -> Tried:
    """The simulator plays the small document; schemathesis judges it by `document`."""
    told = ["--spec", str(SMALL), *more]
    return run(home, Trial("small", told, load_simulated_vendor(None, SMALL).vendor, document, BRIEF, 2))


def test_the_simulator_answers_as_the_document_says(tmp_path: Path) -> None:
    found = tried(tmp_path)
    assert found.operations == 12
    assert found.cases > 50
    assert found.count(SERVER | SCHEMA) == 0, found.told


def test_an_answer_against_the_document_is_noticed(tmp_path: Path) -> None:
    document = json.loads(SMALL.read_bytes())
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation["responses"].get("200", {}).get("content", {}).values():
                content["schema"] = {"type": "array"}
    other = tmp_path / "other.json"
    other.write_text(json.dumps(document))
    assert tried(tmp_path, other).count(SCHEMA) > 5


def test_a_server_error_is_noticed(tmp_path: Path) -> None:
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("{name: failing, faults: [{kind: error, status: 500}]}")
    assert tried(tmp_path, SMALL, "--scenario", str(scenario)).count(SERVER) > 5


def test_every_document_is_run() -> None:
    there = {
        file.relative_to(SPECS).as_posix() for file in SPECS.glob("*/*.json") if not file.name.startswith("fixtures")
    }
    assert {*DOCUMENTS} == there


def test_only_what_no_answer_can_satisfy_is_taken_from_a_document() -> None:
    sound: dict[str, Any] = {"discriminator": {"propertyName": "a", "mapping": {"x": "#/x"}}, "required": ["a", "b"]}
    assert mended(sound) == sound
    unsound = [{"discriminator": {"propertyName": "a"}, "required": ["a", "b", "a"], "type": "object"}]
    assert mended(unsound) == [{"required": ["a", "b"], "type": "object"}]
    assert mended({"text/event-stream": {"schema": {"type": "object"}}}) == {"text/event-stream": {}}
    uris = {name: {"type": "string", "format": "uri"} for name in ("next", "logo")}
    document = {"example": {"next": "/a?page=2", "logo": "https://a.example/x"}, "schema": {"properties": uris}}
    assert mended(document, relative_names(document))["schema"]["properties"] == uris | {"next": {"type": "string"}}
    assert mended({"properties": {"discriminator": {"type": "string"}}}) == {
        "properties": {"discriminator": {"type": "string"}}
    }
