"""`tidegate check` tells everything at once, in four forms, and its exit code is the verdict."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.tidegate.files import put
from tidegate.check.rulebook import CODES
from tidegate.cli.vendor.check import check
from tidegate.problems import UsageError


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(check)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return put(tmp_path / "good", ("vendor: shop", "vendor: good"))


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    changes = (("owner: shop-team\n", ""), ("secret: env:SHOP_KEY", "secret: sk_live_4242"))
    return put(tmp_path / "bad", ("vendor: shop", "vendor: bad"), *changes)


def test_a_good_file_passes(good: Path) -> None:
    result = run(good)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "1 file: all rules hold"


def test_a_bad_file_fails_with_a_line_for_each_mistake(bad: Path) -> None:
    result = run(bad)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert f"{bad}:1:1: owner: nobody owns this vendor; write owner: the team that answers for it [TG005]" in lines
    assert any(line.startswith(f"{bad}:8:5: facts.auth.secret: this is a literal secret") for line in lines)
    assert lines[-1] == "1 file: 2 errors, 0 warnings"
    assert "sk_live" not in result.output


def test_a_warning_does_not_fail(tmp_path: Path) -> None:
    result = run(put(tmp_path, ("operations:\n", "operations:\n  DeleteOrder: {attempts: 1}\n")))
    assert result.exit_code == 0
    assert "warning: operations.DeleteOrder" in result.stdout


def test_a_folder_is_every_vendor_in_it(tmp_path: Path, good: Path, bad: Path) -> None:
    result = run(tmp_path, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["files"] == [str(bad), str(good)]
    assert run(good.parent).exit_code == 0


def test_a_vendor_that_is_found_by_its_folder_is_called_the_same(tmp_path: Path) -> None:
    path = put(tmp_path / "store")
    assert run(path).exit_code == 0, "a file that is given itself may lie anywhere"
    result = run(tmp_path)
    assert result.exit_code == 1
    assert f"{path}:1:1: vendor: it is called shop here and store by its folder; write `vendor: store`" in result.stdout
    assert "[TG112]" in result.stdout


def test_a_tidegate_yaml_that_leads_nowhere_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tidegate.yaml").symlink_to("nowhere.yaml")
    result = run()
    assert result.exit_code == 1
    assert result.stdout.startswith("tidegate.yaml:1:1: cannot be read: No such file or directory [TG109]")


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_path_without_a_vendor_file_is_wrong_usage(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert isinstance(run(tmp_path / name).exception, UsageError)


def test_json_is_one_document(good: Path, bad: Path) -> None:
    told = json.loads(run(bad, good, "--format", "json").stdout)
    assert (told["errors"], told["warnings"]) == (2, 0)
    errors = [found for found in told["findings"] if found["severity"] == "error"]
    assert errors[0] == {
        "code": "TG005",
        "severity": "error",
        "file": str(bad),
        "line": 1,
        "column": 1,
        "path": "owner",
        "message": "nobody owns this vendor; write owner: the team that answers for it",
    }


def test_github_gets_one_annotation_a_finding(bad: Path) -> None:
    lines = run(bad, "--format", "github").stdout.splitlines()
    expected = f"::error file={bad},line=1,col=1,title=TG005::owner: nobody owns this vendor; "
    assert any(line.startswith(expected) for line in lines)
    assert all(line.startswith("::") for line in lines)


def test_github_s_own_signs_are_escaped(tmp_path: Path) -> None:
    path = put(tmp_path / "a,b", ("[80%, 95%]", "[100%]"))
    line = next(line for line in run(path, "--format", "github").stdout.splitlines() if "TG004" in line)
    assert "a%2Cb" in line
    assert "below 100%25" in line


def test_junit_has_a_case_for_each_code_that_fails_where_it_is_broken(bad: Path) -> None:
    (suite,) = ET.fromstring(run(bad, "--format", "junit").stdout)
    assert (suite.get("tests"), suite.get("failures")) == (str(len(CODES)), "2")
    failed = [case.get("name", "")[:5] for case in suite if case.find("failure") is not None]
    assert failed == ["TG005", "TG106"]


def names(result: Result) -> list[str]:
    return list(json.loads(result.stdout)["files"])


def test_without_a_path_the_vendors_of_this_folder_are_checked_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "adapters" / "shop")
    assert names(run("--format", "json")) == ["adapters/shop/vendor.yaml"]
    put(tmp_path / "more" / "shop")
    (tmp_path / "tidegate.yaml").write_text("vendors: [more]\nuse: {stripe: , shop: }\n")
    here, stripe, shop = names(run("--format", "json"))
    assert (here, shop) == ("tidegate.yaml", "more/shop/vendor.yaml")
    assert stripe.endswith("adapters/stripe/vendor.yaml"), "it ships with Tidegate, and `use` names it"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lisen: 127.0.0.1:80\n", "tidegate.yaml:1:1: lisen: there is no field lisen here; did you mean listen?"),
        ("use: {shopp: }\n", "use.shopp: there is no vendor file of this name; did you mean shop?"),
        ("vendors: [nowhere]\n", "nowhere: there is no such file or folder"),
        ("vendors: 3\n", "tidegate.yaml:1:1"),
        ("a: [", "tidegate.yaml:1"),
    ],
)
def test_a_broken_tidegate_yaml_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "adapters" / "shop")
    (tmp_path / "tidegate.yaml").write_text(text)
    for result in (run(), run("tidegate.yaml")):
        assert result.exit_code == 1, result.output
        assert said in result.stdout


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("use: {stripe: , shop: }\n", True),
        ("use: {shop: }\n", False),
        ("drain: 1s\n", False),
        ("use: {stripe: }\nsealing: {keys: ['env:SEAL']}\n", False),
    ],
)
def test_personal_data_that_would_be_stored_as_it_is_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, warned: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "adapters" / "shop")
    (tmp_path / "tidegate.yaml").write_text(text)
    result = run("tidegate.yaml")
    assert result.exit_code == 0, result.output
    assert ("warning: sealing: personal data of stripe is stored as it is" in result.stdout) == warned
    assert ("[TG115]" in result.stdout) == warned


@pytest.mark.parametrize("form", ["text", "json", "github", "junit"])
def test_where_nothing_is_examined_nothing_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--format", form)
    assert result.exit_code == 2
    assert "no vendor file was examined" in result.output
    if form == "json":
        assert json.loads(result.stdout)["inconclusive"]


def test_a_vendor_is_checked_by_its_name_whatever_else_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stripe").write_text("a file")
    (file,) = names(run("stripe", "--format", "json"))
    assert file.endswith("adapters/stripe/vendor.yaml")
    with pytest.raises(UsageError, match="no such file, folder or vendor; did you mean stripe"):
        raise run("strip").exception or AssertionError


def test_a_rule_that_was_not_looked_into_is_skipped_and_not_passed(tmp_path: Path) -> None:
    lost = put(tmp_path / "lost", ("document: openapi.json", "document: nowhere.json"))
    out = tmp_path / "out.xml"
    assert run(lost, "--junit", str(out)).exit_code == 1
    (suite,) = ET.fromstring(out.read_text())
    skipped = {case.get("name", "")[:5] for case in suite if case.find("skipped") is not None}
    assert {"TG001", "TG109", "TG110"} <= skipped
    assert "TG004" not in skipped
    (tmp_path / "bare.json").write_text('{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}')
    (suite,) = ET.fromstring(run(tmp_path / "bare.json", "--format", "junit").stdout)
    assert int(suite.get("skipped", "0")) == len(CODES) - 2


@pytest.mark.parametrize(
    "text", ["a: [", "", "vendor: x\nvendor: y\n", "- 1\n", "\t", "facts: 3\n", "vendor: &a [*a]\n"]
)
@pytest.mark.parametrize("form", ["text", "json", "github", "junit"])
def test_hostile_files_are_findings_never_tracebacks(tmp_path: Path, text: str, form: str) -> None:
    result = run(put(tmp_path, text=text), "--format", form)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


def test_a_document_can_be_checked_by_itself(tmp_path: Path) -> None:
    document = tmp_path / "shop.yaml"
    document.write_text(
        "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {no-slash: {}, /a: {get: {responses: {}}}}\n"
    )
    result = run(str(document))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "#/paths/no-slash: D001 no-slash: " in lines[0]
    assert "write it like /things/{id}" in lines[0]
    assert any("D017" in line for line in lines)
    assert lines[-1].startswith("1 file: 0 errors, ")


@pytest.mark.parametrize("file", ["-", "nowhere/x.xml"])
def test_a_junit_file_that_cannot_be_written_is_told_before_anything_is_checked(file: str) -> None:
    done = run("stripe", "--junit", file)
    assert isinstance(done.exception, UsageError)
    assert done.stdout == ""
