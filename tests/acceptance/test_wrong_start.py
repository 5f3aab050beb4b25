"""Programs that cannot start say why, in one line, and leave with the right exit code.

Notices about the vendor file, which are told before, are left aside.
"""

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.programs import Program, vendor_folder

pytestmark = pytest.mark.slow


def run(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    program = Program(list(arguments), folder)
    code = program.exit_code()
    assert not [line for line in program.lines if "Traceback" in line], program.lines
    return code, [line for line in program.lines if ": notice: " not in line]


def settings(folder: Path, text: str) -> list[str]:
    (folder / "tidegate.yaml").write_text(text)
    return ["serve", "-c", str(folder / "tidegate.yaml")]


FREE = "admin: 127.0.0.1:0\nuse: {stripe: {}}\n"


@pytest.mark.parametrize("key", ["listen", "admin"])
def test_a_port_in_use(tmp_path: Path, key: str) -> None:
    other = "admin" if key == "listen" else "listen"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        text = f"{key}: {address}\n{other}: 127.0.0.1:0\nuse: {{stripe: {{}}}}\n"
        code, lines = run(tmp_path, *settings(tmp_path, text))
    assert (code, len(lines)) == (2, 1)
    assert address in lines[0]
    assert "another program is listening there" in lines[0]


def test_a_database_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_URL", "postgresql://tide:canary@127.0.0.1:1/tide")
    code, lines = run(tmp_path, *settings(tmp_path, "store: env:STORE_URL\nlisten: 127.0.0.1:0\n" + FREE))
    assert (code, len(lines)) == (2, 1)
    assert "postgresql://tide@127.0.0.1:1/tide: this store cannot be used: connection failed" in lines[0]
    assert "canary" not in lines[0]


def test_a_port_of_the_simulator_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, lines = run(tmp_path, "simulate", "stripe", "--port", port, "--control-port", "0")
    assert (code, len(lines)) == (2, 1)
    assert f"port {port}" in lines[0]


def test_a_missing_document(tmp_path: Path) -> None:
    def lost(vendor: dict[str, Any]) -> None:
        vendor["document"] = "lost.json"

    vendors = vendor_folder(tmp_path, lost)
    for arguments in (
        settings(tmp_path, f"listen: 127.0.0.1:0\nvendors: [{vendors}]\n{FREE}"),
        ["simulate", str(vendors / "stripe")],
    ):
        code, lines = run(tmp_path, *arguments)
        assert (code, len(lines)) == (2, 1), lines
        assert "lost.json" in lines[0]


def test_a_document_that_is_none(tmp_path: Path) -> None:
    vendors = vendor_folder(tmp_path, lambda vendor: None)
    (vendors / "stripe" / "openapi.json").write_text('{"openapi": "3.0')
    code, lines = run(tmp_path, *settings(tmp_path, f"listen: 127.0.0.1:0\nvendors: [{vendors}]\n{FREE}"))
    assert (code, len(lines)) == (2, 1), lines
    assert "openapi.json" in lines[0]


def test_a_broken_rule_is_exit_1(tmp_path: Path) -> None:
    def careless(vendor: dict[str, Any]) -> None:
        vendor["facts"]["limits"] = []

    vendors = vendor_folder(tmp_path, careless)
    code, lines = run(tmp_path, *settings(tmp_path, f"listen: 127.0.0.1:0\nvendors: [{vendors}]\n{FREE}"))
    assert code == 1
    assert "TG004" in lines[0]


def test_a_literal_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    def leaky(vendor: dict[str, Any]) -> None:
        vendor["facts"]["auth"]["secret"] = "sk_live_of_somebody"

    vendors = vendor_folder(tmp_path, leaky)
    code, lines = run(tmp_path, *settings(tmp_path, f"listen: 127.0.0.1:0\nvendors: [{vendors}]\n{FREE}"))
    assert code == 2
    assert "facts.auth.secret" in lines[0]
    assert not any("sk_live_of_somebody" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("listen: nowhere\n", "tidegate.yaml:1:"),
        ("liste: 127.0.0.1:0\n", "liste"),
        ("listen: [\n", "tidegate.yaml:"),
        ("listen: 127.0.0.1:0\nlisten: 127.0.0.1:0\n", "tidegate.yaml:2:1"),
        ("use: {nobody: {}}\n", "nobody"),
        ("tokens: [{app: a, token: in-plain-sight}]\n", "tokens"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    code, lines = run(tmp_path, *settings(tmp_path, text))
    assert code == 2
    assert any(says in line for line in lines), lines
    assert not any("in-plain-sight" in line for line in lines)


def test_settings_that_are_not_there(tmp_path: Path) -> None:
    code, lines = run(tmp_path, "serve", "-c", "gone.yaml")
    assert (code, len(lines)) == (2, 1)
    assert "gone.yaml" in lines[0]


def test_a_store_in_use_by_another_proxy(tmp_path: Path) -> None:
    arguments = settings(tmp_path, f"listen: 127.0.0.1:0\nstore: store.db\n{FREE}")
    first = Program(arguments, tmp_path)
    try:
        first.says("listening on")
        code, lines = run(tmp_path, *arguments)
    finally:
        first.close()
    assert (code, len(lines)) == (2, 1)
    assert "another proxy" in lines[0]
    assert "store.db" in lines[0]
