"""Locust as a process of its own: makes calls that are given, and leaves a record of each."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tidegate.loadtests.offer.call_record import CallRecord, read_records
from tidegate.loadtests.offer.offered_call import LoadTarget, OfferedCall, write_calls
from tidegate.loadtests.programs import Program, RunError

ANSWER_MARGIN_S = 10.0
"""A call is given up so long after its budget."""

OWN_SECONDS_MAX = 86_400.0
"""A locustfile says itself how long it runs: no longer than this."""

MASTER_WITHIN_S = 60.0
"""A worker waits so long for its master, which may still be starting what it loads."""
CONNECT_WITHIN_S = 5.0

OWN_FILE, OWN_RECORDS = "TIDEGATE_OWN_FILE", "TIDEGATE_OWN_RECORDS"
OWN_RUN, OWN_HEADERS = "TIDEGATE_OWN_RUN", "TIDEGATE_OWN_HEADERS"
"""Variables in the environment of a user's own locustfile: the file, where records go, how each tag begins, and headers
of each request that has none of that name."""

_POLL_S = 0.2
_LOCUSTFILE = Path(__file__).with_name("locustfile.py")
_OWN_LOCUSTFILE = Path(__file__).with_name("own_locustfile.py")
_LOCUST_START_S = 60.0


@dataclass(frozen=True, slots=True)
class LocustOptions:
    """How Locust is run. `csv` is a prefix for its own files.

    `workers` are so many processes that are waited for, on any host; 0 for one that does it all. `more` are options of
    its that are passed on.
    """

    csv: Path | None = None
    workers: int = 0
    more: Sequence[str] = ()

    @property
    def arguments(self) -> list[str]:
        """As a command line."""
        files = ["--csv", str(self.csv.absolute())] if self.csv is not None else []
        spread = ["--master", "--expect-workers", str(self.workers)] if self.workers else []
        return [*files, *spread, *self.more]


LOCUST_ALONE = LocustOptions()


def offer(
    calls: Sequence[OfferedCall],
    home: Path,
    budget_s: float,
    options: LocustOptions = LOCUST_ALONE,
    begun: Callable[[], object] = lambda: None,
) -> list[CallRecord]:
    """Make the calls; each is given up some time after its budget. `begun` is called when the first is due.

    Raises RunError where Locust does not do its part.
    """
    records, began, file = home / "records.jsonl", home / "began", home / "offered.jsonl"
    write_calls(file, calls)
    answer_within_s = budget_s + ANSWER_MARGIN_S
    command = [
        sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE), "--headless", "--only-summary",
        "--users", str(max(1, options.workers)), "--spawn-rate", "100", "--exit-code-on-error", "0",
        "--calls", str(file), "--records", str(records), "--began", str(began),
        "--answer-within", str(answer_within_s), *options.arguments,
    ]  # fmt: skip
    last_s = max((call.at_s for call in calls), default=0.0)
    with Program("locust", command, home, environ=locust_environ(home)) as locust:
        if not options.workers:
            locust.wait_until(began.exists, _LOCUST_START_S)
        begun()
        locust.finish(last_s + answer_within_s + _LOCUST_START_S)
        if not records.exists():
            raise RunError(f"locust wrote no records{locust.tail()}")
    return read_records(records)


def offer_own(
    file: Path,
    target: LoadTarget,
    home: Path,
    seconds: float,
    run: str,
    options: LocustOptions = LOCUST_ALONE,
) -> list[CallRecord]:
    """Let the users of a locustfile make their calls to an address for so long. `run` begins each tag.

    Raises RunError where Locust does not do its part.
    """
    records = home / "records.jsonl"
    command = [
        sys.executable, "-m", "locust", "-f", str(_OWN_LOCUSTFILE), "--headless", "--only-summary",
        "--host", target.base_url, "--run-time", f"{seconds:g}s", "--stop-timeout", "10", "--exit-code-on-error", "0",
        *options.arguments,
    ]  # fmt: skip
    own = {
        OWN_FILE: str(file.absolute()), OWN_RECORDS: str(records), OWN_RUN: run,
        OWN_HEADERS: json.dumps(dict(target.headers)),
    }  # fmt: skip
    with Program("locust", command, home, environ=locust_environ(home) | own) as locust:
        locust.finish(OWN_SECONDS_MAX)
        if not records.exists():
            raise RunError(f"locust wrote no records{locust.tail()}")
    return read_records(records)


def locust_environ(home: Path) -> dict[str, str]:
    """Locust takes options from its environment and from ~/.locust.conf, too: a run is to be what we say."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    return environ | {"HOME": str(home)}


def run_worker(host: str, port: int, within_s: float = MASTER_WITHIN_S) -> None:
    """Be a worker of a master, until it has no more calls.

    Raises RunError where there is no master, or Locust fails.
    """
    _await_master(host, port, within_s)
    command = [
        sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE), "--worker", "--master-host", host,
        "--master-port", str(port),
    ]  # fmt: skip
    with TemporaryDirectory(prefix="tidegate-worker-") as folder:
        # There, because Locust reads a locust.conf and a pyproject.toml where it is started.
        code = subprocess.run(command, env=locust_environ(Path(folder)), cwd=folder, check=False).returncode  # noqa: S603 - ours
    if code:
        raise RunError(f"locust ended with exit code {code}")


def _await_master(host: str, port: int, within_s: float) -> None:
    """Wait until a master listens. Locust itself would try for five minutes, and then not say why."""
    end = time.monotonic() + within_s
    while True:
        try:
            socket.create_connection((host, port), CONNECT_WITHIN_S).close()
        except OSError as error:
            if time.monotonic() >= end:
                reason = error.strerror or type(error).__name__
                cure = "start one with --master, and let --master-host and --master-port say where"
                raise RunError(f"no master listens at {host}:{port} ({reason}); {cure}") from None
            time.sleep(_POLL_S)
        else:
            return
