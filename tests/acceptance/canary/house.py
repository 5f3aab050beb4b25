"""The house that canaries fly through: a proxy with every box open, the echoing vendor, and a simulator that records.

The proxy is a program of its own, so that all that it prints is caught. It may be one with bugs
(tests.acceptance.canary.buggy_serve).
"""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.canary.slots import Canaries
from tests.proxy.town import DOCUMENT, VENDOR
from tidegate.loadtests.programs import Program, answers, free_port, tidegate

BUGGY = [sys.executable, "-m", "tests.acceptance.canary.buggy_serve"]
PLACES = {"headers": ["X-Partner-Key"], "query": ["key"], "fields": ["/to/key"], "form": ["key"]}
ALWAYS = {"when": "always", "attempts": 2, "base": "50ms", "cap": "100ms", "credential": "dead"}


@dataclass
class House:
    """What runs, and where."""

    folder: Path
    canaries: Canaries
    gateway: int = field(default_factory=free_port)
    admin: int = field(default_factory=free_port)
    inbox: int = field(default_factory=free_port)
    simulator: int = field(default_factory=free_port)
    control: int = field(default_factory=free_port)
    proxy: Program | None = None
    lives: int = 0

    def write(self, vendor_port: int) -> None:
        """Write vendor files, secrets and tidegate.yaml."""
        folder, canaries = self.folder, self.canaries
        (folder / "things.key").write_text(canaries["vendor secret"])
        for name, auth in (
            ("things", {"scheme": "bearer", "secret": f"file:{folder / 'things.key'}"}),
            ("pairs", {"scheme": "basic", "secret": "env:PAIR"}),
            ("granted", self._granted(vendor_port)),
        ):
            home = folder / "adapters" / name
            home.mkdir(parents=True)
            (home / "openapi.json").write_text(json.dumps(DOCUMENT))
            (home / "vendor.yaml").write_text(json.dumps(self._vendor(name, auth)))
        (folder / "tidegate.yaml").write_text(json.dumps(self._config(vendor_port)))

    def _config(self, vendor_port: int) -> dict[str, Any]:
        """The whole tidegate.yaml."""
        use = {"base_url": f"http://127.0.0.1:{vendor_port}/api", "private_addresses": "allow"}
        hook = f"http://127.0.0.1:{vendor_port}/app"
        return {
            "listen": f"127.0.0.1:{self.gateway}",
            "admin": f"127.0.0.1:{self.admin}",
            "use": {
                "things": use,
                "pairs": use,
                "granted": use,
                "stripe": {"base_url": f"http://127.0.0.1:{self.simulator}", "private_addresses": "allow"},
            },
            "tokens": [{"app": app, "token": f"env:{app.upper()}_TOKEN"} for app in ("shop", "desk")],
            "placeholders": {"partner": {"secret": "env:PARTNER_KEY", "apps": ["shop"], "hosts": ["127.0.0.1"]}},
            "inbox": {
                "listen": f"127.0.0.1:{self.inbox}",
                "sources": {"stripe": {"vendor": "stripe", "apps": ["shop", "desk"]}},
            },
            "apps": {
                "shop": {
                    "webhooks": {"url": f"{hook}/in", "secrets": ["env:APP_HOOKS"]},
                    "callback": {"url": f"{hook}/results", "secrets": ["env:APP_RESULTS"]},
                },
                "desk": {"webhooks": {"url": f"{hook}/gone", "secrets": ["env:APP_HOOKS"]}},
            },
            "sealing": {"keys": ["env:SEAL_KEY"]},
            "telemetry": {"otlp": f"http://127.0.0.1:{vendor_port}", "sample": "100%", "metrics_every": "1s"},
            "drain": "2s",
        }

    def _granted(self, vendor_port: int) -> dict[str, Any]:
        """Authentication by tokens that the vendor grants."""
        oauth = {"token": "/oauth/token", "server": f"http://127.0.0.1:{vendor_port}", "rotates": True}
        tokens = {"grant": "refresh_token", "client_id": "me", "refresh_token": "env:FIRST_REFRESH"}
        return {"scheme": "bearer", "secret": "env:CLIENT_SECRET", "oauth": oauth, "tokens": tokens}

    def _vendor(self, name: str, auth: Mapping[str, Any]) -> dict[str, Any]:
        facts = VENDOR["facts"] | {"auth": {**auth, "rotate_every": "90d", "scopes": "things"}}
        operations = {
            "PostThings": {"idempotency": "vendor-key", "defer": {"when": "never", "prefer": "allow"}},
            "PostShots": {"idempotency": "vendor-key", "defer": ALWAYS},
            "PutThing": {"idempotency": "natural", "defer": ALWAYS},
            "GetThings": {"cache": {"fresh": "10s"}, "coalesce": "app"},
        }
        policy = VENDOR["policy"] | {"placeholders": PLACES, "budget": "4s"}
        policy["timeout"] = {"connect": "1s", "first_byte": "1s", "idle": "1s", "attempt": "2s"}
        return VENDOR | {"vendor": name, "facts": facts, "policy": policy, "operations": operations}

    def environ(self) -> dict[str, str]:
        """The environment of the proxy: it holds secrets, and nothing of it may be printed."""
        canaries = self.canaries
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "TIDEGATE_"))}
        return kept | {
            "PAIR": f"AC123:{canaries['basic password']}",
            "PARTNER_KEY": canaries["placeholder secret"],
            "SHOP_TOKEN": canaries["shop token"],
            "DESK_TOKEN": canaries["desk token"],
            "STRIPE_API_KEY": canaries["vendor secret after"],
            "STRIPE_WEBHOOK_SECRET": canaries["whsec vendor"],
            "SEAL_KEY": canaries["seal key"],
            "CLIENT_SECRET": canaries["client secret"],
            "FIRST_REFRESH": canaries["first refresh token"],
            "APP_HOOKS": canaries["whsec app"],
            "APP_RESULTS": canaries["whsec callback"],
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization={canaries['collector header']}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }

    def start(self) -> Program:
        """The next life of the proxy."""
        self.lives += 1
        self.proxy = Program(f"proxy {self.lives}", [*BUGGY, "serve"], self.folder, environ=self.environ())
        self.proxy.wait_until(answers(self.admin, "/readyz"))
        return self.proxy

    def kill(self) -> None:
        """End the proxy as `kill -9` does."""
        assert self.proxy is not None
        os.kill(self.proxy.pid, signal.SIGKILL)
        self.proxy.stop()

    @contextmanager
    def running(self, vendor_port: int) -> Iterator[None]:
        """The simulator and the proxy's first life, until the end of the block."""
        self.write(vendor_port)
        record, log = str(self.folder / "cassette.jsonl"), str(self.folder / "requests.jsonl")
        simulate = tidegate(
            "simulate", "stripe", "--port", str(self.simulator), "--control-port", str(self.control),
            "--record", record, "--log", log, "--seed", "1",
        )  # fmt: skip
        with ExitStack() as stack:
            stack.enter_context(Program("simulator", simulate, self.folder, environ=self.environ()))
            stack.callback(lambda: self.proxy.stop() if self.proxy is not None else None)
            program = self.start()
            assert program is not None
            yield
