"""One Locust burst through a proxy and a simulator, each a process of its own, and what the judge makes of it.

It knows where the two listen and what they promise (the vendor file); it imports neither. Everything is on loopback, on
free ports, in a directory that is gone afterwards.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tidegate.loadtests.burst_verdict import BurstTerms, BurstVerdict, Effect, JournalRequest, judge
from tidegate.loadtests.call_record import CallRecord, read_records
from tidegate.loadtests.programs import Program, RunError, answers, fetch, free_port, tidegate
from tidegate.loadtests.schedule import LoadShape, Planned, plan
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor

VENDOR = "stripe"
_LOCUSTFILE = Path(__file__).with_name("locustfile.py")
_ANSWER_MARGIN_S = 10.0
_LOCUST_START_S = 60.0
_SECRET = "tidegate-load"  # noqa: S105 - the simulator's, made up here

Say = Callable[[str], None]
"""A message to the person at the terminal: what happens now."""


@dataclass(frozen=True, slots=True)
class BurstRun:
    """A finished run: its verdict, and the seconds it took in all."""

    shape: LoadShape
    verdict: BurstVerdict
    seconds: float


def run_burst(shape: LoadShape, say: Say) -> BurstRun:
    """Run it. Raises UsageError where Locust is not installed, and RunError where a program did not do its part."""
    if find_spec("locust") is None:
        raise UsageError("this command needs locust, which the extra tidegate[harness] installs")
    began = time.monotonic()
    run = f"{time.time_ns():x}"
    planned = plan(shape, run)
    file = find_vendor(VENDOR).resolve()
    vendor = load_vendor(file).vendor
    with TemporaryDirectory(prefix="tidegate-load-") as folder:
        home = Path(folder)
        with ExitStack() as stack:
            environ = _environ(vendor)
            say("starting the simulator and the proxy")
            control, port = _simulator(stack, home, environ, file)
            gateway = _proxy(stack, home, environ, port, file)
            say(f"offering {len(planned)} calls in {shape.seconds:g} s, {shape.factor:g} times the rate in the middle")
            records = offer(shape, run, f"http://127.0.0.1:{gateway}", home, vendor.policy.budget + _ANSWER_MARGIN_S)
            journal = read_journal(control)
    return BurstRun(shape, verdict_of(vendor, planned, records, journal), time.monotonic() - began)


def verdict_of(
    vendor: Vendor, planned: tuple[Planned, ...], records: list[CallRecord], journal: list[JournalRequest]
) -> BurstVerdict:
    """The judge's verdict on what this vendor file promises."""
    terms = BurstTerms(
        limits=vendor.facts.limits,
        wait_s=vendor.policy.queue.wait,
        depth=vendor.policy.queue.depth,
        budget_s=vendor.policy.budget,
    )
    return judge(planned, records, journal, terms)


def offer(shape: LoadShape, run: str, base_url: str, home: Path, answer_within_s: float) -> list[CallRecord]:
    """Let Locust, in a process of its own, make the calls of plan(shape, run). Raises RunError."""
    path = home / "records.jsonl"
    command = [
        sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE), "--headless", "--only-summary", "--users", "1",
        "--exit-code-on-error", "0", "--host", base_url, "--records", str(path), "--run-name", run,
        "--rate", str(shape.rate_per_s), "--seconds", str(shape.seconds), "--factor", str(shape.factor),
        "--burst-seconds", str(shape.burst_s), "--answer-within", str(answer_within_s),
    ]  # fmt: skip
    # Locust also takes options from its environment and from ~/.locust.conf: this run is to be what we say.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    with Program("locust", command, home, environ=environ | {"HOME": str(home)}) as locust:
        locust.finish(shape.seconds + answer_within_s + _LOCUST_START_S)
        if not path.exists():
            raise RunError(f"locust wrote no records{locust.tail()}")
    return read_records(path)


def read_journal(control_port: int) -> list[JournalRequest]:
    """Everything that the simulator was asked, page by page. Raises RunError where it cannot say."""
    requests: list[JournalRequest] = []
    since, more = 0, True
    while more:
        status, body = fetch(control_port, f"/journal?since={since}")
        if status != 200:
            raise RunError(f"the simulator's journal answered {status}")
        page = json.loads(body)
        if page["forgotten"]:
            raise RunError(f"the simulator forgot {page['forgotten']} requests; make the load smaller")
        requests += [_seen(entry) for entry in page["entries"]]
        since, more = page["entries"][-1]["n"] if page["entries"] else since, page["more"]
    return requests


def _seen(entry: Mapping[str, object]) -> JournalRequest:
    effects = entry["effects"]
    assert isinstance(effects, list)
    return JournalRequest(
        at_s=float(str(entry["at"])),
        wall_s=float(str(entry["wall"])),
        operation=str(entry["operation"]),
        status=int(str(entry["status"])),
        effects=tuple(Effect(str(effect["kind"]), str(effect["intent"])) for effect in effects),
    )


def _environ(vendor: Vendor) -> dict[str, str]:
    """The environment of both programs: a made-up secret, so that none of the user's own is used."""
    secret = vendor.facts.auth.secret
    return {**os.environ, **({secret.name: _SECRET} if secret.source == "env" else {})}


def _simulator(stack: ExitStack, home: Path, environ: Mapping[str, str], file: Path) -> tuple[int, int]:
    """Start it; returns (control port, vendor port)."""
    control, port = free_port(), free_port()
    command = tidegate("simulate", str(file), "--port", str(port), "--control-port", str(control), "--seed", "1")
    program = stack.enter_context(Program("simulator", command, home, environ=environ))
    program.wait_until(answers(control, "/clock"))
    return control, port


def _proxy(stack: ExitStack, home: Path, environ: Mapping[str, str], vendor_port: int, file: Path) -> int:
    """Start it in front of the vendor's port; returns the gateway's port."""
    gateway, admin = free_port(), free_port()
    config = home / "tidegate.yaml"
    # JSON is YAML, and quotes what needs it.
    config.write_text(
        json.dumps({
            "listen": f"127.0.0.1:{gateway}",
            "admin": f"127.0.0.1:{admin}",
            "store": "store.db",
            "vendors": [str(file)],
            "use": {VENDOR: {"base_url": f"http://127.0.0.1:{vendor_port}", "private_addresses": "allow"}},
            "telemetry": {"log": str(home / "calls.jsonl")},
        }),
        encoding="utf-8",
    )  # fmt: skip
    program = stack.enter_context(Program("proxy", tidegate("serve", "-c", str(config)), home, environ=environ))
    program.wait_until(answers(admin, "/readyz"))
    return gateway
