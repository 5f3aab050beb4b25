"""The pytest plugin, in a repository that has nothing of ours and folders of the same names."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

TESTS = """
import json, pathlib, pytest, time, urllib.request
import proxy, adapters, simulator as theirs

def ask(vendor, path, form=None):
    request = urllib.request.Request(vendor.url + path, data=form, headers={"Authorization": "Bearer any"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

def test_theirs_are_theirs():
    assert (proxy.MINE, adapters.MINE, theirs.MINE) == (1, 2, 3)

def test_a_customer_is_made(simulator):
    stripe = simulator("stripe")
    made = ask(stripe, "/v1/customers", b"name=Ada")
    assert ask(stripe, "/v1/customers/" + made["id"]) == made
    assert simulator("stripe") is stripe
    stripe.arm(kind="error")

def test_a_document_needs_no_vendor(simulator):
    assert ask(simulator(spec="pets.json"), "/pets") == {"ok": True}

def test_a_name_means_the_file_in_the_folder_that_a_test_is_in(simulator, tmp_path, monkeypatch):
    here = simulator(spec="pets.json")
    assert simulator(spec=pathlib.Path("pets.json").absolute()) is here
    (tmp_path / "pets.json").write_text(pathlib.Path("pets.json").read_text())
    monkeypatch.chdir(tmp_path)
    assert simulator(spec="pets.json") is not here

@pytest.mark.parametrize("value", [1, 2])
def test_a_file_that_is_written_anew_is_another_one(simulator, value):
    pathlib.Path("other.json").write_text(pathlib.Path("pets.json").read_text().replace("true", str(value)))
    assert ask(simulator(spec="other.json"), "/pets") == {"ok": value}

def test_a_block_closes_it_and_it_can_be_had_again(simulator):
    with simulator("stripe") as stripe:
        assert ask(stripe, "/v1/customers", b"name=Ada")["name"] == "Ada"
    assert simulator("stripe").journal() == []
    simulator("stripe").close()

def test_a_clock_that_was_put_forward_is_right_for_the_next_test(simulator):
    simulator("stripe").advance("25h")

def test_each_test_begins_anew(simulator):
    stripe = simulator("stripe")
    assert ask(stripe, "/v1/customers")["data"] == []
    assert ask(stripe, "/v1/customers", b"name=Ada")["created"] < time.time() + 3600
    assert simulator("stripe", seed=9) is not stripe
"""


def test_it_works_from_any_repository(tmp_path: Path) -> None:
    for number, name in enumerate(("proxy", "adapters", "simulator"), 1):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"MINE = {number}\n")
    answer = {"200": {"content": {"application/json": {"schema": {}, "example": {"ok": True}}}}}
    paths = {"/pets": {"get": {"responses": answer}}}
    (tmp_path / "pets.json").write_text(json.dumps({"openapi": "3.0.3", "paths": paths}))
    (tmp_path / "test_theirs.py").write_text(TESTS)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:asyncio",
        "-p",
        "no:cacheprovider",
        "-W",
        "error",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 passed" in done.stdout


def test_pytest_finds_it_by_itself() -> None:
    assert [found.value for found in entry_points(group="pytest11") if found.name == "tidegate"] == [
        "tidegate.simulator.pytest_plugin"
    ]
