"""`tidegate ca`: the CA is made for the hosts in use, its key stays in its file, its certificate is printed."""

import ssl
import stat
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tidegate.cli.proxy.ca import export, init, system_authorities
from tidegate.problems import UsageError
from tidegate.proxy.forward.certificate_authority import load_authority

CONFIG = """
use: {stripe: {}, warehouse: {base_url: "http://127.0.0.1:9100"}}
forward:
  ca: {folder: ca}
  rules:
    - {hosts: ["*.open.example"], action: open}
    - {hosts: [tunnelled.example], action: tunnel}
"""


def run(folder: Path, *arguments: str, config: str = CONFIG) -> Result:
    (folder / "tidegate.yaml").write_text(config)
    app = typer.Typer()
    app.command()(init)
    app.command()(export)
    return CliRunner().invoke(app, [*arguments, "-c", str(folder / "tidegate.yaml")])


def test_it_speaks_for_vendors_and_for_what_rules_open_and_for_nobody_else(tmp_path: Path) -> None:
    result = run(tmp_path, "init", "--host", "10.0.0.1")
    assert result.exit_code == 0, result.output
    authority = load_authority(tmp_path / "ca")
    assert authority.names == ("api.stripe.com", "wms.warehouse.example", "open.example", "10.0.0.1/32")
    assert not authority.covers("tunnelled.example")
    assert "api.stripe.com" in result.output
    assert stat.S_IMODE((tmp_path / "ca").stat().st_mode) == 0o700


def test_one_that_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    run(tmp_path, "init")
    first = load_authority(tmp_path / "ca")
    refused = run(tmp_path, "init")
    assert isinstance(refused.exception, UsageError)
    assert "--force" in str(refused.exception)
    assert load_authority(tmp_path / "ca").certificate == first.certificate
    assert run(tmp_path, "init", "--force").exit_code == 0
    assert load_authority(tmp_path / "ca").certificate != first.certificate


def test_the_certificate_is_printed_and_never_the_key(tmp_path: Path) -> None:
    run(tmp_path, "init")
    shown = run(tmp_path, "export").output
    assert shown == (tmp_path / "ca" / "ca.pem").read_text()
    assert "PRIVATE" not in shown


def test_a_bundle_has_the_systems_authorities_too_and_is_a_file_that_tls_reads(tmp_path: Path) -> None:
    run(tmp_path, "init")
    try:
        whole = system_authorities()
    except UsageError:
        pytest.skip("this system keeps its CAs in no file")
    assert run(tmp_path, "export", "--bundle", "-o", str(tmp_path / "bundle.pem")).exit_code == 0
    context = ssl.create_default_context(cafile=str(tmp_path / "bundle.pem"))
    assert len(context.get_ca_certs()) == whole.count(b"BEGIN CERTIFICATE") + 1


def test_the_passphrase_seals_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CA_PASS", "long enough")
    sealed = CONFIG.replace("{folder: ca}", '{folder: ca, passphrase: "env:CA_PASS"}')
    assert run(tmp_path, "init", config=sealed).exit_code == 0
    assert b"ENCRYPTED" in (tmp_path / "ca" / "ca.key").read_bytes()
    assert run(tmp_path, "export", config=sealed).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "config", "why"),
    [
        (("export",), CONFIG, "tidegate ca init"),
        (("init", "--host", "büro.example"), CONFIG, "--host"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: tuple[str, ...], config: str, why: str, tmp_path: Path) -> None:
    result = run(tmp_path, *arguments, config=config)
    assert isinstance(result.exception, UsageError)
    assert why in str(result.exception)
