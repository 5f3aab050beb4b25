"""A proxy starts with each configuration of deploy/, as its service manager starts it, says so, and stops when told."""

import os
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.acceptance.forked import Forked
from tests.acceptance.programs import WAIT_S
from tidegate.world.service_manager import VARIABLE

pytestmark = pytest.mark.slow

Environ = dict[str, str]
Place = Callable[[Path, Path], tuple[str, Environ]]


def composed(root: Path, folder: Path) -> tuple[str, Environ]:
    services = YAML(typ="safe").load(root / "docker-compose.yml")["services"]
    given: Mapping[str, str] = services["proxy"]["environment"]
    text = (root / "deploy/tidegate.yaml").read_text(encoding="utf-8").replace("/var/lib/tidegate", str(folder))
    return text, {name: value.partition(":-")[2].rstrip("}") for name, value in given.items()}


def in_a_pod(root: Path, folder: Path) -> tuple[str, Environ]:
    """Its Secret is mounted as Kubernetes does it: links by way of `..data`."""
    manifests = root / "deploy/kubernetes"
    secrets = YAML(typ="safe").load(manifests / "secret.example.yaml")["stringData"]
    version = folder / "secrets" / "..version"
    version.mkdir(parents=True)
    (folder / "secrets" / "..data").symlink_to(version.name)
    for name, value in secrets.items():
        (version / name).write_text(value)
        (folder / "secrets" / name).symlink_to(f"..data/{name}")
    text: str = YAML(typ="safe").load(manifests / "config.yaml")["data"]["tidegate.yaml"]
    return text.replace("/etc/tidegate/secrets", str(folder / "secrets")), {"STORE": str(folder / "store.db")}


def as_a_unit(root: Path, folder: Path) -> tuple[str, Environ]:
    """Its secrets are credentials of the service."""
    for name in ("stripe_key", "shop_token"):
        (folder / name).write_text(f"{name}_of_the_tests_0123456789")
    text = (root / "deploy/systemd/tidegate.yaml").read_text(encoding="utf-8")
    return text.replace("/var/lib/tidegate", str(folder)), {"CREDENTIALS_DIRECTORY": str(folder)}


@pytest.mark.parametrize("place", [composed, in_a_pod, as_a_unit])
def test_a_proxy_starts_with_it_and_stops_when_told(root: Path, tmp_path: Path, place: Place) -> None:
    text, environ = place(root, tmp_path)
    for port in ("8080", "8081"):
        text = text.replace(f"0.0.0.0:{port}", "127.0.0.1:0").replace(f"127.0.0.1:{port}", "127.0.0.1:0")
    file = tmp_path / "tidegate.yaml"
    file.write_text(text)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(WAIT_S)
        environ |= {"PATH": os.environ["PATH"], VARIABLE: str(tmp_path / "notify")}
        process = Forked(["serve", "-c", str(file)], tmp_path, environ, {})
        with process.stdout as said:
            try:
                assert manager.recv(100) == b"READY=1"
                process.send_signal(signal.SIGTERM)
                assert manager.recv(100) == b"STOPPING=1"
                assert process.wait(WAIT_S) == 0
            finally:
                process.kill()
            assert "listening on http://127.0.0.1" in said.read()
