"""Runs a soak: simulator and proxy as processes, a vendor's ordinary traffic straight through and at once, a verdict.

The vendor file is the shipped one with limits a thousand times as high: how limits are kept is another test's matter
(loadtests/burst.py), and here they would only make the run longer. Nothing else of it is changed.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import yaml

from tidegate.loadtests.programs import Program, answers, free_port, tidegate
from tidegate.loadtests.soak.resources import HeldResources, held
from tidegate.loadtests.soak.session import SoakCounts, SoakPlayer, SoakTarget
from tidegate.loadtests.soak.soak_verdict import SoakVerdict, at_rest, judge_soak
from tidegate.loadtests.soak.traffic import TRAFFIC
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor

WARM_UP_CALLS = 300
"""Before anything is counted: modules are imported, caches and pools have their usual size."""
REST_WITHIN_S = 40.0
"""Idle connections live for 15 s, those that an app left hanging a little longer."""
FACTOR = 1000
"""The vendor's limits are multiplied by this."""
KEPT_BYTES = 65_536
"""Of a request's content the proxy keeps so much to resend it; the simulator takes no body of a size that is usual."""

_SECRET = "tidegate-soak"  # noqa: S105 - the simulator's, made up here
_ACCOUNT = "AC" + "0123456789abcdef" * 2
_ANSWER_WITHIN_S = 60.0
_POLL_S = 0.25
_RATE = re.compile(r"^(\d+)(/.*)$")

Say = Callable[[str], None]
"""A message to the person at the terminal: what happens now."""


@dataclass(frozen=True, slots=True)
class SoakShape:
    """`calls` straight through, and as many again `at_once` at a time."""

    calls: int
    at_once: int


@dataclass(frozen=True, slots=True)
class _House:
    """The running programs of a soak."""

    vendor: str
    proxy: Program
    simulator: Program
    admin: int
    log: Path

    def resources(self) -> HeldResources:
        for program in (self.proxy, self.simulator):
            program.check()
        return held(self.admin, self.vendor, self.proxy.pid, self.simulator.pid)


def run_soak(name: str, shape: SoakShape, say: Say) -> SoakVerdict:
    """Run it. Raises UsageError for a vendor without traffic, RunError where a program did not do its part."""
    if name not in TRAFFIC:
        raise UsageError(f"no traffic is written down for {name}; there is some for {', '.join(sorted(TRAFFIC))}")
    began = time.monotonic()
    with TemporaryDirectory(prefix="tidegate-soak-") as folder, ExitStack() as stack:
        home = Path(folder)
        say(f"{name}: starting the simulator and the proxy")
        vendor = load_vendor(copied(name, home)).vendor
        house, gateway = _start(stack, home, vendor)
        target = target_of(vendor, f"http://127.0.0.1:{gateway}/{name}")
        before, stretches = asyncio.run(_play(house, target, shape, say))
        say(f"{name}: waiting until all is at rest")
        after = _at_rest(house, before)
        house.proxy.stop()  # it writes down the last lines of its log
        lines = house.log.read_text(encoding="utf-8", errors="replace").splitlines() if house.log.exists() else []
        bugs = [line for line in lines if '"bug"' in line] + _tracebacks(house)
        return replace(judge_soak(name, stretches, before, after, bugs), seconds=time.monotonic() - began)


def _tracebacks(house: _House) -> list[str]:
    texts = (program.log.read_text(encoding="utf-8", errors="replace") for program in (house.proxy, house.simulator))
    return [line for text in texts for line in text.splitlines() if line.startswith("Traceback")]


async def _play(
    house: _House, target: SoakTarget, shape: SoakShape, say: Say
) -> tuple[HeldResources, Mapping[str, SoakCounts]]:
    timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as client:
        player = SoakPlayer(client, target, TRAFFIC[house.vendor], f"{time.time_ns():x}")
        say(f"{house.vendor}: warming up")
        warm = await player.play(min(WARM_UP_CALLS, shape.calls), 1)
        before = house.resources()
        say(f"{house.vendor}: {shape.calls} calls straight through")
        straight = await player.play(shape.calls, 1)
        say(f"{house.vendor}: {shape.calls} calls, {shape.at_once} at once")
        at_once = await player.play(shape.calls, shape.at_once)
    return before, {"warm-up": warm, "straight": straight, "at once": at_once}


def _at_rest(house: _House, before: HeldResources) -> HeldResources:
    """What is held once all is at rest, or, where it never is, when the time is up."""
    end = time.monotonic() + REST_WITHIN_S
    now = house.resources()
    while not at_rest(before, now) and time.monotonic() < end:
        time.sleep(_POLL_S)
        now = house.resources()
    return now


def target_of(vendor: Vendor, base_url: str) -> SoakTarget:
    """What an app of this vendor sends along."""
    auth, keys = vendor.facts.auth, vendor.facts.idempotency
    headers = {auth.header: "app" if auth.scheme == "header" else "Bearer app"}
    names = {"account": _ACCOUNT}
    return SoakTarget(base_url, headers, keys.header if keys is not None else "", names)


def copied(name: str, home: Path) -> Path:
    """A copy of a shipped vendor's folder in `home` with wider limits; returns the vendor file."""
    found = load_vendor(find_vendors([])[name])
    file = find_vendors([])[name]
    source = file / "vendor.yaml" if file.is_dir() else file
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    widen(content["facts"])
    folder = home / name
    folder.mkdir()
    (folder / "vendor.yaml").write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    (folder / found.vendor.document).write_bytes(found.document_path.read_bytes())
    return folder / "vendor.yaml"


def widen(facts: dict[str, Any]) -> None:
    """Multiply every limit."""
    for limit in facts.get("limits", []):
        number, period = _RATE.findall(limit["rate"])[0]
        limit["rate"] = f"{int(number) * FACTOR}{period}"
        if "burst" in limit:
            limit["burst"] *= FACTOR
    for limit in facts.get("concurrency", []):
        limit["at_once"] *= FACTOR


def _start(stack: ExitStack, home: Path, vendor: Vendor) -> tuple[_House, int]:
    """Start both; returns them and the gateway's port."""
    name, folder = vendor.vendor, str(home / vendor.vendor)
    secret, value = vendor.facts.auth.secret, _SECRET
    if vendor.facts.auth.scheme == "basic":
        value = f"{_ACCOUNT}:{_SECRET}"
    environ = {**os.environ, **({secret.name: value} if secret.source == "env" else {})}
    control, upstream, gateway, admin = free_port(), free_port(), free_port(), free_port()
    command = tidegate("simulate", folder, "--port", str(upstream), "--control-port", str(control), "--seed", "1")
    simulator = stack.enter_context(Program("simulator", command, home, environ=environ))
    config, log = home / "tidegate.yaml", home / "calls.jsonl"
    config.write_text(
        json.dumps({
            "listen": f"127.0.0.1:{gateway}",
            "admin": f"127.0.0.1:{admin}",
            "store": "store.db",
            "vendors": [folder],
            "use": {name: {"base_url": f"http://127.0.0.1:{upstream}", "private_addresses": "allow"}},
            "body_kept_bytes": KEPT_BYTES,
            "telemetry": {"log": str(log)},
        }),
        encoding="utf-8",
    )  # fmt: skip
    proxy = stack.enter_context(Program("proxy", tidegate("serve", "-c", str(config)), home, environ=environ))
    simulator.wait_until(answers(control, "/clock"))
    proxy.wait_until(answers(admin, "/readyz"))
    return _House(name, proxy, simulator, admin, log), gateway
