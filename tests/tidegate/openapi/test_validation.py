"""The other validator joins files, is given a time, and never stops whoever asks it."""

import json
from pathlib import Path

import pytest

from tests.tidegate.files import DOCUMENT
from tidegate.openapi.validation import complaint, validated

WITHIN_S = 60.0


def put(folder: Path, **changes: object) -> Path:
    path = folder / "a.json"
    path.write_text(json.dumps({**DOCUMENT, **changes}))
    return path


@pytest.mark.slow
def test_a_sound_document_brings_no_complaint_and_an_unsound_one_its_first(tmp_path: Path) -> None:
    assert complaint(put(tmp_path), within_s=WITHIN_S) == ""
    assert "validator says" in complaint(put(tmp_path, info=3), within_s=WITHIN_S)


@pytest.mark.slow
def test_who_takes_too_long_is_stopped(tmp_path: Path) -> None:
    assert complaint(put(tmp_path), within_s=0.01) == "the validator was not done after 0.01 seconds, and was stopped"


@pytest.mark.slow
def test_what_the_validator_did_not_expect_is_a_complaint(specs: Path) -> None:
    complained = complaint(specs / "slack" / "slack_web_openapi_v2.json", within_s=WITHIN_S)
    assert complained.startswith("the validator")
    assert len(complained) < 400


def test_the_files_of_a_document_are_joined(tmp_path: Path) -> None:
    main = put(tmp_path, paths={"/a": {"get": {"responses": {"200": {"$ref": "below/answers.yaml#/fine"}}}}})
    assert "answers.yaml" in validated(main)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "answers.yaml").write_text("fine: {description: 3}")
    assert "3 is not of type 'string'" in validated(main)
    (tmp_path / "below" / "answers.yaml").write_text("fine: {description: fine}")
    assert validated(main) == ""


def test_names_of_files_and_of_their_parts_may_be_percent_encoded(tmp_path: Path) -> None:
    folder = tmp_path / "api of 100%"
    (folder / "my parts").mkdir(parents=True)
    answer = {"$ref": "my%20parts/answers%231.yaml#/all%20fine/%7E1a"}
    main = put(folder, paths={"/a": {"get": {"responses": {"200": answer}}}})
    (folder / "my parts" / "answers#1.yaml").write_text('all fine: {/a: {$ref: "more%20of%20it.yaml#/more"}}')
    (folder / "my parts" / "more of it.yaml").write_text("more: {description: 3}")
    assert "3 is not of type 'string'" in validated(main)
    (folder / "my parts" / "more of it.yaml").write_text("more: {description: fine}")
    assert validated(main) == ""
