"""The programs of a run: a simulator for each vendor and one proxy before them, on loopback, on free ports.

Everything lies in a directory that is gone afterwards. Secrets are made up, so that none of the user's own is used.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tidegate.loadtests.programs import Program, answers, fetch, free_port, tidegate
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import FILE_NAME, LoadedVendor

SECRET = "tidegate-load"  # noqa: S105 - the simulator's, made up here
ACCOUNT = "AC" + "0123456789abcdef" * 2
APP = "app"


@dataclass(frozen=True, slots=True)
class House:
    """The running programs. `controls` are the simulators' control ports, by vendor."""

    proxy: Program
    simulators: Mapping[str, Program]
    controls: Mapping[str, int]
    gateway: int
    admin: int
    log: Path
    """The proxy's log of calls."""

    def base_url(self, vendor: str) -> str:
        """The vendor's place on the proxy."""
        return f"http://127.0.0.1:{self.gateway}/{vendor}"

    def control(self, vendor: str, path: str) -> tuple[int, bytes]:
        """GET a path of a simulator's control API: status and content."""
        return fetch(self.controls[vendor], path)


def start_house(
    stack: ExitStack,
    home: Path,
    vendors: Sequence[LoadedVendor],
    *,
    settings: Mapping[str, Any] | None = None,
    seed: int = 1,
) -> House:
    """Start all, and wait until they answer. `settings` go into the proxy's file. Raises RunError."""
    environ = environ_of([one.vendor for one in vendors])
    simulators, controls, uses = {}, {}, {}
    files = [served(one, home) for one in vendors]
    for one, file in zip(vendors, files, strict=True):
        name, control, port = one.vendor.vendor, free_port(), free_port()
        ports = ("--port", str(port), "--control-port", str(control), "--seed", str(seed))
        command = tidegate("simulate", str(file), *ports)
        title = "simulator" if len(vendors) == 1 else f"simulator of {name}"
        simulators[name] = stack.enter_context(Program(title, command, home, environ=environ))
        controls[name] = control
        uses[name] = {"base_url": f"http://127.0.0.1:{port}", "private_addresses": "allow"}
    gateway, admin = free_port(), free_port()
    config, log = home / "tidegate.yaml", home / "calls.jsonl"
    # JSON is YAML, and quotes what needs it.
    config.write_text(
        json.dumps({
            "listen": f"127.0.0.1:{gateway}",
            "admin": f"127.0.0.1:{admin}",
            "store": "store.db",
            "vendors": [str(file) for file in files],
            "use": uses,
            "telemetry": {"log": str(log)},
            **(settings or {}),
        }),
        encoding="utf-8",
    )  # fmt: skip
    proxy = stack.enter_context(Program("proxy", tidegate("serve", "-c", str(config)), home, environ=environ))
    for name, program in simulators.items():
        program.wait_until(answers(controls[name], "/clock"))
    proxy.wait_until(answers(admin, "/readyz"))
    return House(proxy, simulators, controls, gateway, admin, log)


def served(loaded: LoadedVendor, home: Path) -> Path:
    """The vendor file under a name by which the proxy knows it: the folder's is the vendor's, or it is a copy."""
    file, name = loaded.path.resolve(), loaded.vendor.vendor
    if name == (file.parent.name if file.name == FILE_NAME else file.stem):
        return file
    return copied(loaded, home)


def copied(loaded: LoadedVendor, home: Path, change: Callable[[dict[str, Any]], None] = lambda _: None) -> Path:
    """A copy of a vendor file in a folder of `home`, on the same document, with its facts changed; returns the file."""
    content = yaml.safe_load(loaded.path.read_text(encoding="utf-8-sig"))
    change(content["facts"])
    content["document"] = str(loaded.document_path.resolve())
    folder = home / loaded.vendor.vendor
    folder.mkdir()
    (folder / FILE_NAME).write_text(json.dumps(content, default=str), encoding="utf-8")  # JSON is YAML
    return folder / FILE_NAME


def environ_of(vendors: Sequence[Vendor]) -> dict[str, str]:
    """The environment of all programs: a made-up secret for each that the vendor files name."""
    environ = dict(os.environ)
    for vendor in vendors:
        auth = vendor.facts.auth
        value = f"{ACCOUNT}:{SECRET}" if auth.scheme == "basic" else SECRET
        for place, secret in enumerate([*auth.secrets.values()] or [auth.secret]):
            if secret.source == "env":
                environ[secret.name] = f"{value}-{place}" if place else value
    return environ


def app_headers(vendor: Vendor) -> dict[str, str]:
    """What an app of this vendor sends along: a credential of its own, in the vendor's place for it."""
    auth = vendor.facts.auth
    return {auth.header: APP if auth.scheme == "header" else f"Bearer {APP}"}
