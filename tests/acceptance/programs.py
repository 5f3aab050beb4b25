"""The programs as a user runs them, on free ports, and what can be seen of them from outside."""

import contextlib
import json
import os
import queue
import re
import signal
import sys
import threading
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

from ruamel.yaml import YAML

from tests.acceptance.forked import Forked

TIDEGATE = Path(sys.executable).with_name("tidegate")
ADAPTERS = Path(__file__).resolve().parents[2] / "adapters"
NONE: Mapping[str, float] = {}
KEY = "sk_test_of_the_simulator"
ACCOUNT = "AC" + "0123456789abcdef" * 2
WAIT_S = 60.0
POLL_S = 0.02


def environment() -> dict[str, str]:
    """What both programs are started with: the vendors' keys, and no trace of this machine's own settings."""
    return {
        **os.environ,
        "STRIPE_API_KEY": KEY,
        "OPENAI_API_KEY": KEY,
        "GITHUB_TOKEN": KEY,
        "SLACK_BOT_TOKEN": KEY,
        "TWILIO_CREDENTIALS": f"{ACCOUNT}:{KEY}",
        "ADYEN_API_KEY": KEY,
        "ANTHROPIC_API_KEY": KEY,
        "SHOPIFY_TOKEN": KEY,
        "NO_COLOR": "1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    }


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """The first true value of `condition`, asked for again and again for at most `WAIT_S` seconds."""
    pause = threading.Event()
    for _ in range(int(WAIT_S / POLL_S)):
        found = condition()
        if found:
            return found
        pause.wait(POLL_S)
    raise AssertionError(f"never: {what}")


class Program:
    """One running `tidegate …`. Its lines are read as they come, so that it never waits for a reader.

    `constants` are other values of the product's constants, as tests.acceptance.kills.points has them.
    """

    def __init__(self, arguments: list[str], folder: Path, constants: Mapping[str, float] = NONE) -> None:
        self.process = Forked(arguments, folder, environment(), constants)
        self.lines: list[str] = []
        self._news: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, out: IO[str]) -> None:
        with out:
            for line in out:
                self.lines.append(line.rstrip("\n"))
                self._news.put(self.lines[-1])
        self._news.put(None)

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for a line that has `pattern`. Fails, with all lines, where it does not come."""
        with contextlib.suppress(queue.Empty):
            while (line := self._news.get(timeout=WAIT_S)) is not None:
                found = re.search(pattern, line)
                if found is not None:
                    return found
        code = self.process.poll()
        self.close()
        raise AssertionError(f"it never said {pattern} (exit code {code}):\n" + "\n".join(self.lines))

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(number)
        return self.exit_code()

    def exit_code(self) -> int:
        """Wait for the end."""
        code = self.process.wait(WAIT_S)
        assert code is not None, "it does not end:\n" + "\n".join(self.lines)
        self._reader.join(WAIT_S)
        return code

    def close(self) -> None:
        """End it whatever it does."""
        self.process.kill()
        self.exit_code()


class Simulated(Program):
    """`tidegate simulate VENDOR`."""

    def __init__(self, folder: Path, vendor: str, *options: str) -> None:
        super().__init__(["simulate", vendor, "--port", "0", "--control-port", "0", *options], folder)
        self.url = self.says(r"simulated on (http://\S+)")[1]
        self.control_url = self.says(r"look at it, and change it, on (http://\S+)")[1]

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Ask the control API."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(
            urllib.request.Request(f"{self.control_url}{path}", method=method, data=data), timeout=WAIT_S
        ) as answer:
            return json.load(answer)

    def fails(self, **fault: object) -> None:
        """Arm a fault."""
        self.control("POST", "/faults", fault)

    def passes(self, time: str) -> None:
        """Put the vendor's clock forward: what waits for it goes on."""
        self.control("POST", "/clock", {"advance": time})

    def works(self) -> None:
        """Drop every fault."""
        self.control("DELETE", "/faults")

    def journal(self) -> list[dict[str, Any]]:
        """Every request so far."""
        entries: list[dict[str, Any]] = self.control("GET", "/journal")["entries"]
        return entries

    def effects(self, kind: str) -> list[str]:
        """The ids of what was done, one for each time that it was done."""
        return [effect["id"] for entry in self.journal() for effect in entry["effects"] if effect["kind"] == kind]


class Proxy(Program):
    """`tidegate serve`, in front of a vendor at `url`. `vendors` is a folder with other vendor files."""

    def __init__(
        self,
        folder: Path,
        url: str,
        *,
        vendor: str = "stripe",
        port: int = 0,
        vendors: Path | None = None,
        constants: Mapping[str, float] = NONE,
        **settings: object,
    ) -> None:
        file = folder / "tidegate.yaml"
        content: dict[str, object] = {
            "listen": f"127.0.0.1:{port}",
            "admin": "127.0.0.1:0",
            "store": "store.db",
            "use": {vendor: {"base_url": url, "private_addresses": "allow"}},
            **({"vendors": [str(vendors)]} if vendors is not None else {}),
            **settings,
        }
        file.write_text(json.dumps(content))  # JSON is YAML
        super().__init__(["serve", "-c", str(file)], folder, constants)
        found = self.says(r"listening on http://127\.0\.0\.1:(\d+)/")
        self.port = int(found[1])
        self.gateway = f"http://127.0.0.1:{self.port}"
        self.stripe = f"{self.gateway}/stripe"

    def calls(self) -> list[dict[str, Any]]:
        """The log line of each call so far, read from the program's output."""
        return [line for line in map(_json, list(self.lines)) if line is not None and "call" in line]


def _json(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def vendor_folder(folder: Path, change: Callable[[dict[str, Any]], None], vendor: str = "stripe") -> Path:
    """A search path with a vendor file of its own: the shipped one, changed."""
    own, shipped = folder / "vendors" / vendor, ADAPTERS / vendor
    own.mkdir(parents=True)
    content = YAML(typ="safe").load(shipped / "vendor.yaml")
    change(content)
    (own / "vendor.yaml").write_text(json.dumps(content))
    (own / "openapi.json").write_bytes((shipped / "openapi.json").read_bytes())
    return own.parent


class House:
    """A simulated vendor and a proxy in front of it. Whatever was started is ended.

    `vendors` is a folder with other vendor files, for both.
    """

    def __init__(self, folder: Path, vendor: str = "stripe", *options: str, vendors: Path | None = None) -> None:
        self.folder = folder
        self._name, self._vendors = vendor, vendors
        self._programs: list[Program] = []
        self.vendor = Simulated(folder, str(vendors / vendor) if vendors else vendor, *options)
        self._programs.append(self.vendor)

    def serve(
        self, *, port: int = 0, vendors: Path | None = None, constants: Mapping[str, float] = NONE, **settings: object
    ) -> Proxy:
        """Start a proxy; the next one finds the store of the one before."""
        proxy = Proxy(
            self.folder, self.vendor.url, vendor=self._name, port=port, vendors=vendors or self._vendors,
            constants=constants, **settings,
        )  # fmt: skip
        self._programs.append(proxy)
        return proxy

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for program in self._programs:
            program.close()
