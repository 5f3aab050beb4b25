"""`tidegate contracts drift`."""

import json
from pathlib import Path

import pytest

from tests.contracts.drift.edited_documents import INTENT, Edit, edited, put
from tidegate.cli import main

BREAKS: Edit = put(f"{INTENT}/properties/amount/nullable", value=True)
TOUCHES: Edit = put(f"{INTENT}/properties/wallet", {"type": "string"})


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as leave:
        main(["contracts", "drift", *arguments])
    return leave.value.code if isinstance(leave.value.code, int) else 0


def written(folder: Path, edit: Edit) -> str:
    file = folder / "new.json"
    file.write_text(json.dumps(edited(edit)))
    return str(file)


def test_a_broken_pact_is_exit_1_in_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = written(tmp_path, BREAKS)
    page, junit = tmp_path / "drift.html", tmp_path / "drift.xml"
    assert run("stripe", new, "--html", str(page), "--junit", str(junit), "--github") == 1
    out = capsys.readouterr().out
    assert "error: response-property-became-nullable: PostPaymentIntents response 200 /amount and 17 more" in out
    assert "breaks “payments: " in out
    assert "::error title=" in out
    assert "response-property-became-nullable" in page.read_text()
    assert 'failures="1"' in junit.read_text()
    assert {file.name for file in tmp_path.iterdir()} == {"new.json", "drift.html", "drift.xml"}


def test_one_that_only_touches_holds_unless_told_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = written(tmp_path, TOUCHES)
    assert run("stripe", new, "--json") == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"error": 0, "warning": 1, "notice": 0}
    assert run("stripe", new, "--fail-on", "warning") == 1


def test_a_name_of_the_document_is_no_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = written(tmp_path, put(f"{INTENT}/properties/x\n::error::y\x1b[2J\u202e", {"type": "string"}))
    assert run("stripe", new, "--github", "--fail-on", "notice", "--all") == 1
    out = capsys.readouterr().out
    assert not [line for line in out.split("\n") if line.startswith("::error::")]
    assert not [line for line in out.split("\n") if not line.startswith("::error title=") and not line.isprintable()]
    assert "x\\n::error::y\\x1b[2J\\u202e" in out


def test_a_name_in_a_document_begins_no_line_and_steers_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = written(tmp_path, put(f"{INTENT}/properties/a\n::error::b\x1b[2J", {"type": "string"}))
    run("stripe", new, "--all")
    out = capsys.readouterr().out
    assert "a\\n::error::b\\x1b[2J" in out
    assert not any(line.startswith("::") for line in out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["strip", "{new}"], "there is no such document, and no such vendor"),
        (["{new}", "/nowhere.json"], "/nowhere.json"),
        (["{new}", "{new}", "--vendor", "nobody"], "no interaction of the pacts with nobody"),
        (["{new}", "{new}", "--html", "/nowhere/x.html"], "/nowhere/x.html: this file cannot be written"),
    ],
)
def test_wrong_usage_and_nothing_to_grade_are_exit_2(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = written(tmp_path, TOUCHES)
    assert run(*(argument.replace("{new}", new) for argument in arguments)) == 2
    captured = capsys.readouterr()
    assert says in captured.err + captured.out
