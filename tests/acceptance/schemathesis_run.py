"""Runs schemathesis against the simulator on every document, and counts: `make schemathesis`.

An outside opinion: schemathesis draws the requests and judges the answers, by the document and not by our reading of
it. It lives in an environment of its own. Its other findings are printed by their code; docs/simulator.md says why they
stay.
"""

import json
import os
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.acceptance.documents import SPECS
from tidegate.loadtests.programs import Program, answers, free_port, tidegate
from tidegate.simulator.simulated_vendor import load_simulated_vendor
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("TIDEGATE_SCHEMATHESIS", ROOT / ".venv-schemathesis")) / "bin" / "st"
SEED = 1
KEY = "user:key-of-the-run"
WAIT_S = 300.0

ALL = "examples,coverage,fuzzing,stateful"
BRIEF = "examples,fuzzing"

DOCUMENTS: Mapping[str, tuple[str, int]] = {
    "adyen/CheckoutService-v71.json": (BRIEF, 5),
    "adyen/TransferService-v4.json": (ALL, 5),
    "github/api.github.com.json": (BRIEF, 1),
    "openai/openapi.json": (BRIEF, 1),
    "slack/slack_web_openapi_v2.json": (BRIEF, 5),
    "stripe/spec3.json": (BRIEF, 1),
    "twilio/twilio_api_v2010.json": (BRIEF, 2),
    "twilio/twilio_messaging_v1.json": (ALL, 3),
    "twilio/twilio_verify_v2.json": (BRIEF, 3),
}
"""The phases, and the most requests that are drawn for an operation in each: as much as ten minutes allow."""

VENDORS = ("adyen", "anthropic", "github", "openai", "shopify", "slack", "stripe", "twilio")
"""Those with a vendor file; each is played by it, with the smaller document beside it."""

SERVER = frozenset({"ST101", "ST102"})
"""A status from 500 on, or no answer at all."""
SCHEMA = frozenset({"ST105", "ST106", "ST107", "ST108", "ST109", "ST110", "ST111"})
"""A body, a header or a content type that the document does not allow."""


@dataclass(frozen=True)
class Trial:
    """What is tried: `told` goes to `tidegate simulate`; `document` is what schemathesis judges by."""

    name: str
    told: list[str]
    vendor: Vendor
    document: Path
    phases: str
    most: int


@dataclass(frozen=True)
class Tried:
    """What came of one document. `found` is how many operations show each finding, by schemathesis' code for it."""

    name: str
    operations: int
    cases: int
    found: Mapping[str, int]
    told: str

    def count(self, codes: frozenset[str]) -> int:
        """How many operations show one of these."""
        return sum(count for code, count in self.found.items() if code in codes)

    @property
    def line(self) -> str:
        """The result in one line."""
        rest = ", ".join(f"{code} {count}" for code, count in self.found.items() if code not in SERVER | SCHEMA)
        return (
            f"{self.name}: {self.operations} operations, {self.cases} cases, {self.count(SERVER)} server errors, "
            f"{self.count(SCHEMA)} schema failures{f'; also {rest}' if rest else ''}"
        )


def missing() -> str:
    """What the run needs and is not here; empty where all is."""
    if not TOOL.is_file():
        return f"{TOOL} is not there; `make schemathesis` installs it"
    return "" if SPECS.is_dir() else f"{SPECS} is not there"


def trials() -> Iterator[Trial]:
    """Every document alone, and every vendor by its file."""
    for name, (phases, most) in DOCUMENTS.items():
        document = SPECS / name
        yield Trial(
            name, ["--spec", str(document)], load_simulated_vendor(None, document).vendor, document, phases, most
        )
    for name in VENDORS:
        loaded = load_vendor(find_vendor(name))
        yield Trial(f"{name} by its vendor file", [name], loaded.vendor, loaded.document_path, ALL, 5)


def run(home: Path, trial: Trial) -> Tried:
    """Try one document. `home` takes logs and the report. Raises RunError where the simulator does not start."""
    port, control = free_port(), free_port()
    environ = {**os.environ, trial.vendor.facts.auth.secret.name: KEY, "NO_COLOR": "1"}
    ports = ("--port", str(port), "--control-port", str(control))
    command = tidegate("simulate", *trial.told, *ports, "--seed", str(SEED))
    with Program("simulator", command, home, environ=environ) as simulator:
        simulator.wait_until(answers(control, "/kinds"))
        return _tried(home, trial, f"http://127.0.0.1:{port}")


def _tried(home: Path, trial: Trial, url: str) -> Tried:
    given, report = home / "given.json", home / "report.json"
    document = orjson.loads(trial.document.read_bytes())
    given.write_bytes(orjson.dumps(mended(document, relative_names(document))))
    command = [
        str(TOOL), "run", str(given), "--url", url, "--header", credential(trial.vendor), "--phases", trial.phases,
        "--max-examples", str(trial.most), "--seed", str(SEED), "--workers", "1", "--generation-database", "none",
        "--no-shrink", "--continue-on-failure", "--no-color", "--report", "json", "--report-json-path", str(report),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=WAIT_S, check=False)
    if not report.is_file():
        raise RuntimeError(f"schemathesis failed on {trial.name}: {done.stderr.strip() or done.stdout[-2000:]}")
    said = json.loads(report.read_text())
    found: dict[str, int] = {}
    for failure in said["failures"]:
        found[failure["code"]] = found.get(failure["code"], 0) + failure["count"]
    if errors := len(said["errors"]):
        found["errors of its own"] = errors
    return Tried(trial.name, said["operations"]["tested"], said["test_cases"]["generated"], found, done.stdout)


def credential(vendor: Vendor) -> str:
    """The header line with the key, where the vendor wants it."""
    auth = vendor.facts.auth
    told = {"bearer": f"Bearer {KEY}", "basic": f"Basic {b64encode(KEY.encode()).decode()}"}.get(auth.scheme, KEY)
    return f"{auth.header}: {told}"


def relative_names(node: Any) -> frozenset[str]:
    """The members whose value begins with a slash in one of the document's own samples."""
    if isinstance(node, list):
        return frozenset().union(*map(relative_names, node))
    if not isinstance(node, dict):
        return frozenset()
    own = frozenset(name for name, value in node.items() if isinstance(value, str) and value.startswith("/"))
    return own.union(*map(relative_names, node.values()))


def mended(node: Any, relative: frozenset[str] = frozenset()) -> Any:
    """The document without what no answer can be right by, or schemathesis stops at. The simulator's stays as it is.

    Names twice in `required`: the tool refuses the schema. A discriminator without a mapping: its words are then the
    schemas' names, while the alternatives themselves ask for others. The schema of an event stream: documents before
    OpenAPI 3.2 mean what stands in an event's data, and the tool takes it for the event around it. The format of a
    `uri` that is `relative` in the document's own samples: RFC 3986 calls that a uri-reference.
    """
    if isinstance(node, list):
        return [mended(one, relative) for one in node]
    if not isinstance(node, dict):
        return node
    told = node.get("discriminator")
    found = {key: mended(value, relative) for key, value in node.items() if key != "discriminator" or _has_words(told)}
    if isinstance(events := found.get("text/event-stream"), dict):
        events.pop("schema", None)
    if isinstance(members := found.get("properties"), dict):
        for name in relative & members.keys():
            if isinstance(members[name], dict) and members[name].get("format") == "uri":
                del members[name]["format"]
    if isinstance(names := found.get("required"), list):
        found["required"] = list(dict.fromkeys(map(str, names)))
    return found


def _has_words(told: object) -> bool:
    return not isinstance(told, dict) or "propertyName" not in told or "mapping" in told


def main() -> int:
    """Print a line for each document; fail where one shows a server error or a schema failure."""
    if missing():
        print(missing(), file=sys.stderr)
        return 2
    wanted, bad = sys.argv[1:], 0
    for trial in trials():
        if wanted and not any(word in trial.name for word in wanted):
            continue
        with tempfile.TemporaryDirectory() as home:
            tried = run(Path(home), trial)
        print(tried.line, flush=True)
        if tried.count(SERVER | SCHEMA):
            bad += 1
            print(tried.told, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
