"""Tests of tidegate.cli.proxy.secrets, against a real `tidegate serve` whose vendor's secret is a file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.proxy.post_office import SECRET, document, said
from tidegate.cli.proxy.secrets import _rough
from tidegate.loadtests.programs import Program, answers, free_port, tidegate

pytestmark = pytest.mark.slow


def put(home: Path, secret: str) -> None:
    (home / "beside").write_text(secret)
    (home / "beside").chmod(0o600)
    (home / "beside").replace(home / "key")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a running proxy, and the current one."""
    admin = free_port()
    put(tmp_path, SECRET)
    (tmp_path / "tidegate.yaml").write_text(
        f"listen: 127.0.0.1:0\nadmin: 127.0.0.1:{admin}\nstore: store.db\nsecrets: {{poll: 1h}}\n"
        f"use: {{stripe: {{base_url: 'http://127.0.0.1:{free_port()}', private_addresses: allow, secret: 'file:key'}}}}"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDEGATE_ADMIN", raising=False)
    with Program("proxy", tidegate("serve"), tmp_path, environ=dict(os.environ)) as program:
        program.wait_until(answers(admin, "/readyz"))
        yield tmp_path


def test_secrets_are_listed_exchanged_and_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ref = "file:key"
    (secret,) = document(capsys, "secrets", "status")["secrets"]
    assert (secret["secret"], secret["vendor"], secret["version"]) == (ref, "stripe", 1)
    assert said(capsys, "secrets", "rotate")[0] == "nothing new\n"
    put(home, SECRET + "_2")
    assert said(capsys, "secrets", "rotate", ref)[0] == f"{ref} is in force\n"
    assert [one["state"] for one in document(capsys, "secrets", "status", ref)["secrets"][0]["versions"]] == [
        "current",
        "previous",
    ]
    (row,) = document(capsys, "secrets", "audit", ref)["rows"]
    assert (row["what"], row["secret"], row["version"], row["target"]) == ("secret.rotated", ref, "2", "stripe")
    assert "secret.rotated" in said(capsys, "secrets", "audit")[0]
    assert document(capsys, "secrets", "audit", "file:/none")["rows"] == []
    put(home, "")
    assert (
        said(capsys, "secrets", "rotate", code=1)[0] == f"nothing new\n{ref} is as it was: {ref}: the secret is empty\n"
    )
    assert "new one refused" in said(capsys, "secrets", "status", code=1)[0]
    assert "no secret in use has the reference" in said(capsys, "secrets", "status", "file:/none", code=2)[1]
    assert "no secret in use has this reference" in said(capsys, "secrets", "rotate", "file:/none", code=1)[1]


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.0, "0s"), (59.0, "59s"), (90.0, "1.5m"), (7_776_000.0, "90d"), (-172_800.0, "-2d")]
)
def test_an_age_is_written_in_its_largest_unit(seconds: float, written: str) -> None:
    assert _rough(seconds) == written
