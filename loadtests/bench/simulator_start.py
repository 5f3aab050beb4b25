"""The simulator's time from its launch to its first answer, and the memory that it then holds, by document.

Each document is served alone, by a process of its own, as `tidegate simulate --spec FILE` starts it. A YAML document is
started twice: cold, with nothing in the cache, and warm. It prints one JSON line for each start.

    python -m tidegate.loadtests.bench.simulator_start FILE...
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tidegate.loadtests.bench.processor_time import clock_of
from tidegate.loadtests.programs import RunError, tidegate

COMMAND = tidegate("simulate", "--port", "0", "--control-port", "0")
ANSWER_S_MAX = 60.0
STOP_S_MAX = 10.0

_ADDRESS = re.compile(r"http://([\d.]+):(\d+)")
_RESIDENT = re.compile(r"^Vm(RSS|HWM):\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Start:
    """One start. `cache` says whether what YAML came to was there already; JSON needs none."""

    document: str
    size_bytes: int
    cache: Literal["none", "cold", "warm"]
    first_answer_s: float
    """From launch to the whole of the first answer, as a clock on the wall has it."""
    processor_s: float
    """The processor time that the process used until then."""
    resident_mb: float
    """The memory that it held then, in units of 2²⁰ bytes."""
    resident_most_mb: float
    """The most that it held until then."""


def starts(documents: Sequence[Path]) -> Iterator[Start]:
    """Measure each document in turn. Raises RunError where one is not served.

    One start before the others is not told: it compiles the program's files where nothing has done so yet.
    """
    with tempfile.TemporaryDirectory() as cache:
        measure(documents[0], Path(cache), "cold")
    for document in documents:
        yaml = document.suffix.lower() in (".yaml", ".yml")
        with tempfile.TemporaryDirectory() as cache:
            yield measure(document, Path(cache), "cold" if yaml else "none")
            if yaml:
                yield measure(document, Path(cache), "warm")


def measure(document: Path, cache_home: Path, cache: Literal["none", "cold", "warm"]) -> Start:
    """One start, with a cache folder of its own. Raises RunError."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(cache_home)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is not compiled at each start
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*COMMAND, "--spec", str(document)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
    )
    try:
        assert process.stdout is not None
        address = _ADDRESS.search(process.stdout.readline())
        if address is None:
            raise RunError(f"{document} was not served: `tidegate simulate --spec {document}` says why")
        _get(address[1], int(address[2]))
        took_s = time.monotonic() - began
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
        memory = {name: int(kilobytes) / 1024 for name, kilobytes in _RESIDENT.findall(status)}
        return Start(
            document.name,
            document.stat().st_size,
            cache,
            round(took_s, 3),
            round(clock_of(process.pid)() / 1e9, 3),
            round(memory["RSS"], 1),
            round(memory["HWM"], 1),
        )
    finally:
        process.terminate()
        try:
            process.communicate(timeout=STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _get(host: str, port: int) -> None:
    """Read one answer whole, whatever it says."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_S_MAX)
    try:
        connection.request("GET", "/", headers={"Authorization": "Bearer key"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        raise RunError(f"the simulator did not answer: {error}") from error
    finally:
        connection.close()


def main() -> None:
    """Print a JSON line for each start."""
    for start in starts([Path(name) for name in sys.argv[1:]]):
        print(json.dumps(asdict(start)), flush=True)


if __name__ == "__main__":
    main()
