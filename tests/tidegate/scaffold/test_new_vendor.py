"""A vendor is made whole or not at all, passes `check`, and its own test is green. The long form: real documents."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.scaffold.conftest import COFFEE, HERE, PARCELS, answers, written
from tidegate.check.checking import check_file
from tidegate.problems import UsageError
from tidegate.scaffold import new_vendor
from tidegate.scaffold.new_vendor import NewVendor, create_vendor
from tidegate.simulator import Simulator

REAL = (
    "stripe/spec3.json", "stripe/spec3.yaml", "github/api.github.com.json",
    "openai/openapi.json", "openai/openapi.yaml",
    "adyen/CheckoutService-v71.json", "adyen/TransferService-v4.json", "slack/slack_web_openapi_v2.json",
    "twilio/twilio_api_v2010.json", "twilio/twilio_verify_v2.json", "twilio/twilio_messaging_v1.json",
)  # fmt: skip


def errors(folder: Path) -> list[str]:
    findings = check_file(folder / "vendor.yaml", folder.name, validate_document=False)
    return [str(one) for one in findings if one.severity in ("error", "warning")]


def run_tests(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run what was written, as pytest would, in this process. Returns how many tests there were."""
    monkeypatch.syspath_prepend(folder)
    [file] = folder.glob("test_*.py")
    monkeypatch.delitem(sys.modules, file.stem.removeprefix("test_"), raising=False)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]
    for test in tests:
        test()
    return len(tests)


def test_the_folder_has_what_a_vendor_needs(parcels: NewVendor) -> None:
    names = {file.name for file in parcels.folder.iterdir()} - {"__pycache__"}  # of the tests that were run
    assert names == {"vendor.yaml", "openapi.json", "parcels_adapter.py", "test_parcels_adapter.py", "scenario.yaml"}
    assert [*parcels.folder.parent.iterdir()] == [parcels.folder], "nothing of the making is left"


def test_it_passes_check_and_its_open_points_are_notices(parcels: NewVendor, coffee: NewVendor) -> None:
    assert errors(parcels.folder) == errors(coffee.folder) == []
    assert {finding.code for finding in parcels.findings} == {"TG118"}


@pytest.mark.slow
def test_the_tests_that_were_made_are_green(
    parcels: NewVendor, coffee: NewVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [run_tests(made.folder, monkeypatch) for made in (parcels, coffee)] == [10, 6]


def test_its_simulator_is_served(parcels: NewVendor) -> None:
    with Simulator(parcels.folder) as vendor:
        assert vendor.given("a depots exists", city="Husum")["id"]


def test_every_call_was_rehearsed_with_success(parcels: NewVendor, coffee: NewVendor) -> None:
    assert [one.call.name for one in parcels.calls if not one.failure] == [
        "list_parcels", "send_parcel", "get_parcel", "change_parcel", "drop_parcel",
    ]  # fmt: skip
    assert [one.call.name for one in coffee.calls if not one.failure] == ["order_show", "order_put"]


def test_whatever_a_document_calls_things_what_is_written_is_sound(tmp_path: Path) -> None:
    """Names that are keywords, empty, not ASCII, alike, or the adapter's own; texts with quotes and backslashes."""
    odd = json.loads((HERE / "odd.json").read_text())
    given = answers("odd", operations=("*",), purpose='say "it"\n# twice', sensitivity="personal", criticality="high")
    made = create_vendor(given, written(tmp_path, odd), tmp_path / "adapters")
    assert [one.call.operation.id for one in made.calls if one.failure] == []
    assert errors(made.folder) == []
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length", "400", "--select", "E9,F,B"]
    ran = subprocess.run([*command, str(made.folder)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    spec = written(tmp_path, COFFEE)
    (tmp_path / "a" / "coffee").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, parent in (("coffee", tmp_path / "a"), ("link", tmp_path)):
        with pytest.raises(UsageError, match="there already, and nothing is overwritten"):
            create_vendor(answers(name), spec, parent)
    assert [*(tmp_path / "a").iterdir()] == [tmp_path / "a" / "coffee"]


def test_what_fails_on_the_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new_vendor, "scenario_text", broken)
    with pytest.raises(OSError, match="No space"):
        create_vendor(answers("coffee"), written(tmp_path, COFFEE), tmp_path / "adapters")
    assert [*(tmp_path / "adapters").iterdir()] == []


def test_a_document_that_refers_to_other_files_stays_where_it_is(tmp_path: Path) -> None:
    answer = {"200": {"description": "One.", "content": {"application/json": {"schema": {"$ref": "part.json#/drink"}}}}}
    spec = written(
        tmp_path, {**COFFEE, "swagger": None, "openapi": "3.0.3", "paths": {"/a": {"get": {"responses": answer}}}}
    )
    written(tmp_path, {"drink": {"type": "object", "properties": {"name": {"type": "string"}}}}, "part.json")
    made = create_vendor(answers("coffee"), spec, tmp_path / "adapters")
    assert 'document: "../../spec.json"' in (made.folder / "vendor.yaml").read_text()
    assert errors(made.folder) == []


def test_a_document_without_operations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no operations"):
        create_vendor(answers(), written(tmp_path, {**PARCELS, "paths": {}}), tmp_path)


def test_what_was_written_is_tidy_python(parcels: NewVendor, coffee: NewVendor) -> None:
    files = [file for made in (parcels, coffee) for file in made.folder.glob("*.py")]
    for file in files:
        ast.parse(file.read_text())
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length", "120", "--select", "E,F,W,B,UP"]
    ran = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "--diff", *map(str, files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


@pytest.mark.skipif(not os.environ.get("TIDEGATE_NEW_LONG"), reason="the long form: `make new-vendors`")
@pytest.mark.parametrize("name", REAL)
def test_a_real_document_becomes_a_vendor(
    specs: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_vendor(answers("real"), specs / name, tmp_path)
    assert errors(made.folder) == [] or all("TG110" in line for line in errors(made.folder))
    with Simulator(made.folder) as vendor:
        assert vendor.journal() == []
    assert run_tests(made.folder, monkeypatch) >= 5
