"""`tidegate control` does what the control API does, and says in one line why it cannot."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.test_fixture import ask
from tidegate.cli import main
from tidegate.simulator import Simulator


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator("stripe") as simulator:
        yield simulator


@pytest.fixture
def stripe(running: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    running.disarm()
    running.reset()
    monkeypatch.setenv("TIDEGATE_SIMULATOR", running.control_url)
    return running


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that works prints."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(["control", *arguments])
    said = capsys.readouterr()
    assert left.value.code == 0, said.err
    return said.out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(["control", *arguments])
    assert left.value.code == 2
    return capsys.readouterr().err


def test_the_journal_is_printed_a_line_each(stripe: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    stripe.arm(kind="error", skip=1)
    made = ask(stripe, "POST", "/v1/customers", "name=Ada")[1]
    ask(stripe, "GET", "/v1/customers")
    first, sent, second, why = told(capsys, "journal").splitlines()
    assert first.endswith(f"200  POST /v1/customers  · customer.created {made['id']}")
    assert sent == "       sent: name=Ada"
    assert second.endswith("500  GET /v1/customers  · faults: error")
    assert why.startswith("       refused: server-error: ")
    assert told(capsys, "journal", "--limit", "1").splitlines()[-1] == "… more; go on with --since 1"
    whole = json.loads(told(capsys, "journal", "--json", "--since", "1"))
    assert [entry["operation"] for entry in whole["entries"]] == ["GetCustomers"]


def test_the_journal_shows_what_was_sent_and_no_secret(stripe: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    ask(stripe, "POST", "/v1/customers", "nam=Ada&" + "x=1&" * 100, Authorization="Bearer sk_live_1")
    line, why, sent = told(capsys, "journal").splitlines()
    assert "400  POST /v1/customers" in line
    assert why.startswith("       refused: unknown-parameter: ")
    assert sent.startswith("       sent: nam=Ada&x=1&")
    assert sent.endswith("… (408 bytes)")
    whole = told(capsys, "journal", "--content")
    assert "       authorization: [redacted]\n" in whole
    assert "sk_live" not in whole
    assert "x=1&" * 100 in whole


def test_a_fault_for_an_operation_that_is_none_is_refused(
    stripe: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "arm", '{"kind": "error", "operations": ["PostCustomerz"]}')
    assert "no operation is called PostCustomerz; did you mean PostCustomers?" in said
    assert json.loads(told(capsys, "faults")) == []
    with pytest.raises(ValueError, match="did you mean PostCustomers"):
        stripe.arm(kind="error", operations=["PostCustomerz"])


def test_faults_are_armed_and_dropped(stripe: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(told(capsys, "arm", '{"kind": "error", "status": 502}'))[0]["kind"] == "error"
    assert ask(stripe, "GET", "/v1/customers")[0] == 502
    assert json.loads(told(capsys, "faults"))[0]["fired"] == 1
    told(capsys, "disarm")
    assert ask(stripe, "GET", "/v1/customers")[0] == 200


def test_states_are_set_saved_and_put_back(
    stripe: Simulator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made: dict[str, Any] = json.loads(told(capsys, "given", "a customer exists", "--params", '{"name": "Ada"}'))
    file = str(tmp_path / "saved.json")
    told(capsys, "save", file)
    told(capsys, "reset")
    assert json.loads(told(capsys, "state")) == {}
    assert json.loads(told(capsys, "restore", file)) == {"customer": 1}
    assert json.loads(told(capsys, "state"))["customer"][0]["id"] == made["id"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["saved.json"]


def test_the_clock_is_put_forward(stripe: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    before = json.loads(told(capsys, "clock"))["wall"]
    assert json.loads(told(capsys, "clock", "--advance", "2h"))["wall"] - before >= 7200


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("arm", "{"), "the fault is not JSON"),
        (("arm", '{"kind": "frob"}'), "unknown kind"),
        (("given", "a dragon exists"), "no such state"),
        (("given", "a customer exists", "--params", "["), "the parameters are not JSON"),
        (("clock", "--advance", "soon"), "not a duration"),
        (("restore", "none.json"), "cannot be read"),
        (("save", "no/such/folder/x.json"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    stripe: Simulator,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    says: str,
) -> None:
    del stripe
    monkeypatch.chdir(tmp_path)
    assert says in refused(capsys, *arguments)


def test_a_file_that_is_no_snapshot_is_refused(
    stripe: Simulator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del stripe
    (tmp_path / "x.json").write_text("no")
    assert "this is not JSON" in refused(capsys, "restore", str(tmp_path / "x.json"))
    (tmp_path / "x.json").write_text("{}")
    assert "no snapshot" in refused(capsys, "restore", str(tmp_path / "x.json"))


def test_nobody_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no simulator answers on http://127.0.0.1:1" in refused(capsys, "faults", "--url", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://", "http://[::1", "http://127.0.0.1:99999", "file:///etc/passwd", "http://a b/", "http://127.0.0.1:1/\n",
     "http://127.0.0.1:1", "http://a..b", "http://" + "a" * 300, "ftp://127.0.0.1"],
)  # fmt: skip
def test_an_address_where_no_simulator_can_be_is_one_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "journal", "--url", url)
    assert said.startswith("tidegate: error: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("words", [("arm",), ("given", "x", "--params")])
def test_json_that_is_nested_without_an_end_is_one_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is not JSON" in refused(capsys, *words, "[" * 100_000).replace("are not JSON", "is not JSON")


def test_no_proxy_of_the_environment_is_asked(
    stripe: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert json.loads(told(capsys, "faults")) == []


def test_a_server_that_is_no_simulator_is_told(stripe: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is no simulator of this version: its answer has no `" in refused(
        capsys, "faults", "--url", f"{stripe.control_url}/clock?"
    )


def test_a_snapshot_goes_where_a_link_leads(
    stripe: Simulator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del stripe
    (tmp_path / "link.json").symlink_to(tmp_path / "saved.json")
    told(capsys, "save", str(tmp_path / "link.json"))
    assert (tmp_path / "link.json").is_symlink()
    assert "objects" in (tmp_path / "saved.json").read_text()
