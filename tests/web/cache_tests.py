"""Runs the public HTTP cache tests (npm: http-cache-tests) through a running Tidegate and counts: `make cache-tests`.

The suite's own origin is the vendor, its client the app, which comes by the forward proxy: there an address leads to
the origin's own path, as the suite compares it. It takes about a minute, most of it waiting for answers to go stale. A
test counts as passed where it passed and every test that it builds on did too: else it shows nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.loadtests.programs import Program, answers, free_port, tidegate

HERE = Path(__file__).resolve().parent
SUITE = HERE / "node_modules" / "http-cache-tests"
KEY_HEADER = "Suite-Key"
WAIT_S = 300.0

KINDS = ("required", "optimal", "check")

CACHE = {
    "shared": "credential",
    "heuristic": "10%",
    "stale_if_error": "10m",
}
"""The suite is about shared caches, guessed lifetimes and stale answers; each is off where nobody asks for it."""

VENDOR: dict[str, Any] = {
    "vendor": "origin",
    "purpose": "Plays the origin of the HTTP cache tests.",
    "owner": "nobody",
    "document": "openapi.json",
    "facts": {
        "auth": {
            "scheme": "header",
            "header": KEY_HEADER,
            "secret": "env:SUITE_SECRET",
            "rotate_every": "90d",
            "scopes": "none",
        },
        "errors": {"envelope": "/error", "ours": {"error": "{problem}: {detail}"}},
        "limits": [{"name": "none", "rate": "100000/s", "burst": 10000}],
    },
    "policy": {
        "retry": {"attempts": 1},
        "breaker": {"failures": "100%", "calls": 100000},
        "quota_alert": ["80%"],
        "alerts": {"errors": "5%", "slow_p99": "5s", "runbook": "none"},
    },
    "operations": {"Post*": {"idempotency": "never-resend"}, "GetTest*": {"cache": CACHE}},
}

_DONE = {"responses": {"200": {"description": "what the test wants"}}}


def _path(name: str) -> dict[str, Any]:
    return {method: {"operationId": f"{method.title()}{name}", **_DONE} for method in ("get", "put", "post", "delete")}


DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "HTTP cache tests", "version": "0.4.5"},
    "paths": {
        "/config/{id}": _path("Config"),
        "/state/{id}": _path("State"),
        "/test/{id}": _path("Test"),
        "/test/{id}/{name}": _path("TestNamed"),
    },
}


@dataclass(frozen=True)
class Scored:
    """What came out. `tests` are the suite's records, by id."""

    tests: dict[str, dict[str, Any]]

    def passed(self, test_id: str) -> bool:
        """Whether it passed, and every test that it builds on."""
        test = self.tests[test_id]
        return test["result"] == "pass" and all(self.passed(needed) for needed in test["needs"])

    def counts(self) -> dict[str, tuple[int, int]]:
        """Kind → passed, of how many."""
        of = Counter(test["kind"] for test in self.tests.values())
        good = Counter(test["kind"] for test in self.tests.values() if self.passed(test["id"]))
        return {kind: (good[kind], of[kind]) for kind in KINDS}

    def failed(self, kind: str) -> Iterable[str]:
        """A line for each test of a kind that did not pass."""
        for test in self.tests.values():
            if test["kind"] == kind and not self.passed(test["id"]):
                why = "what it builds on failed" if test["result"] == "pass" else f"{test['result']}"
                yield f"{test['suite']} {test['id']}: {why}"


def missing() -> str:
    """What the run needs and this machine has not; empty where it has all."""
    if shutil.which("node") is None or not SUITE.is_dir():
        return "node with the package http-cache-tests is not here; `make test-web` installs the package"
    return ""


def run(home: Path) -> Scored:
    """Play the whole suite. `home` takes configuration and logs. Raises RunError where a program does not start."""
    node = shutil.which("node") or "node"
    origin, proxy, admin = free_port(), free_port(), free_port()
    _write(home, origin, proxy, admin)
    environ = {
        **os.environ,
        "npm_config_protocol": "http",
        "npm_config_port": str(origin),
        "npm_config_pidfile": str(home / "origin.pid"),
        "SUITE_SECRET": "the-vendors-secret",
    }
    serve = tidegate("serve", "-c", str(home / "tidegate.yaml"))
    with (
        Program("origin", [node, "--no-warnings", str(SUITE / "server" / "server.mjs")], home, environ=environ) as one,
        Program("proxy", serve, home, environ=environ) as two,
    ):
        one.wait_until(lambda: "Listening" in one.log.read_text())
        two.wait_until(answers(admin, "/readyz"))
        client = [
            node,
            "--no-warnings",
            str(HERE / "cache_suite.mjs"),
            f"http://127.0.0.1:{origin}",
            f"http://127.0.0.1:{proxy}",
            KEY_HEADER,
            "app",
        ]
        done = subprocess.run(client, capture_output=True, text=True, timeout=WAIT_S, check=False)
    if done.returncode:
        raise RuntimeError(f"the suite failed: {done.stderr.strip()}")
    return Scored({test["id"]: test for test in json.loads(done.stdout)})


def _write(home: Path, origin: int, proxy: int, admin: int) -> None:
    vendors = home / "vendors" / "origin"
    vendors.mkdir(parents=True)
    facts = {"base_url": f"http://127.0.0.1:{origin}", **VENDOR["facts"]}
    (vendors / "vendor.yaml").write_text(json.dumps({**VENDOR, "facts": facts}))
    (vendors / "openapi.json").write_text(json.dumps(DOCUMENT))
    config = {
        "listen": f"127.0.0.1:{proxy}",
        "admin": f"127.0.0.1:{admin}",
        "vendors": ["vendors"],
        "use": {"origin": {"private_addresses": "allow"}},
        "telemetry": {"log": "calls.log"},
        "forward": {},
    }
    (home / "tidegate.yaml").write_text(json.dumps(config))


def main() -> int:
    """Print the score, and each required and optimal test that was not passed."""
    if missing():
        print(missing(), file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as home:
        scored = run(Path(home))
    for kind in ("required", "optimal"):
        for line in scored.failed(kind):
            print(f"{kind}: {line}")
    for kind, (good, of) in scored.counts().items():
        print(f"{kind}: {good} of {of}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
