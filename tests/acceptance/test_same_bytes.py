"""The same seed and the same requests give the same bytes, in another process and under another hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, sys
from pathlib import Path
import aiohttp
from yarl import URL
from tests.acceptance.test_every_operation import ANY_VENDOR
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.simulated_vendor import load_simulated_vendor
from tests.simulator.valid_requests import Trials
from tidegate.world.world import RealWorld

class Still(RealWorld):
    def now(self): return 100.0
    def wall(self): return 1735689600.0

async def main(path, seed, every):
    print(load_simulated_vendor(None, Path(path)).vendor.facts, flush=True)
    document = Document.load(Path(path))
    simulator = SimulatorServer(Still(seed), document, ANY_VENDOR, seed)
    await simulator.start(control_port=None)
    trials = Trials(document, simulator.resource_operations, simulator.generator, simulator.service)
    async with aiohttp.ClientSession() as client:
        for operation in list(document.operations.values())[::every]:
            trial = trials.of(operation)
            headers = {"Authorization": "Bearer any", "Host": "vendor.example", **trial.headers}
            if trial.media:
                headers["Content-Type"] = trial.media
            url = URL(f"http://127.0.0.1:{simulator.port}{trial.path}", encoded=True)
            sent = {"data": trial.body or None, "headers": headers, "allow_redirects": False}
            async with client.request(trial.method, url, **sent) as answer:
                told = sorted((k, v) for k, v in answer.headers.items())
                sys.stdout.buffer.write(f"{operation.id} {trial.path} {answer.status} {told}\\n".encode())
                sys.stdout.buffer.write(await answer.read() + b"\\n")
    await simulator.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""
"""What is presumed of the vendor; then every n-th operation is tried on one simulator, in turn: objects pile up."""


def answers(root: Path, document: Path, seed: int, hash_seed: str, every: int) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(document), str(seed), str(every)],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("adyen/TransferService-v4.json", 1),
        ("stripe/spec3.json", 40),
        ("github/api.github.com.json", 30),
        ("twilio/twilio_api_v2010.json", 4),
        ("openai/openapi.json", 8),
    ],
)
def test_two_processes_say_the_same_and_another_seed_something_else(
    root: Path, specs: Path, name: str, every: int
) -> None:
    first = answers(root, specs / name, 1, "0", every)
    assert first.count(b"\n") > 20
    assert answers(root, specs / name, 1, "4711", every) == first
    assert answers(root, specs / name, 2, "0", every) != first
