"""`tidegate simulate` says where it listens, stops when told to, and refuses bad input in one line."""

import asyncio
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.waiting import settle
from tidegate.cli.simulator import simulate

SECRET = "STRIPE_API_KEY"
"""Where the shipped vendor file has its secret."""

COMMAND = [sys.executable, "-c", "from tidegate.cli import main; main()", "simulate"]


@contextmanager
def running(
    *arguments: str, vendor: str | None = "stripe", **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str, str, list[str]]]:
    """The process, the vendor's address, the control API's, and the lines that it printed."""
    process = subprocess.Popen(
        [*COMMAND, *([vendor] if vendor else []), "--port", "0", "--control-port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**{name: value for name, value in os.environ.items() if name != SECRET}, **environment},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        if not lines[0]:
            pytest.fail(process.stderr.read())
        served, control = (re.search(r"http://[\d.]+:\d+", line) for line in lines[:2])
        assert served is not None
        assert control is not None
        yield process, served[0], control[0], lines
    finally:
        process.kill()
        process.communicate()


def get(url: str, key: str = "any") -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def refused(*arguments: str) -> str:
    """What is said on standard error; the exit code must be 2."""
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.slow
def test_it_serves_the_vendor_until_it_is_told_to_stop(number: signal.Signals) -> None:
    with running("--seed", "5") as (process, vendor, control, lines):
        assert get(f"{vendor}/v1/customers") == (
            200,
            b'{"object":"list","data":[],"has_more":false,"url":"/v1/customers"}',
        )
        assert json.loads(get(f"{control}/journal")[1])["last"] == 1
        assert "seed 5" in lines[0]
        assert "any API key" in lines[2]
        process.send_signal(number)
        assert process.wait(30) == 0


@pytest.mark.slow
def test_a_scenarios_faults_happen(tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text("name: broken\nseed: 9\nfaults:\n  - {kind: error, status: 502}\n", encoding="utf-8")
    with running("--scenario", str(story)) as (_, vendor, _, lines):
        assert get(f"{vendor}/v1/customers")[0] == 502
        assert "seed 9" in lines[0]


def test_nothing_that_python_or_a_library_prints_shows_the_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def bug() -> None:
        logging.getLogger("a.library").warning("GET /v1?token=%s", "sk_test_right")
        print("a print of sk_test_right", file=sys.stderr)
        asyncio.get_running_loop().call_soon(json.loads, "sk_test_right")
        await settle()

    monkeypatch.setenv(SECRET, "sk_test_right")
    monkeypatch.setattr(simulate, "_stop_signal", lambda: SimpleNamespace(wait=bug))
    simulate.simulate("stripe", port=0, control_port=0)
    printed = capsys.readouterr()
    assert "sk_test_right" not in printed.out + printed.err
    assert "GET /v1?token=[redacted]" in printed.err
    assert "bug: JSONDecodeError" in printed.err


@pytest.mark.slow
def test_where_the_secret_is_known_no_other_key_will_do() -> None:
    with running(**{SECRET: "sk_test_right"}) as (_, vendor, _, lines):
        assert get(f"{vendor}/v1/customers", "sk_test_right")[0] == 200
        assert get(f"{vendor}/v1/customers", "sk_test_wrong")[0] == 401
        assert SECRET in lines[2]
        assert "sk_test_right" not in "".join(lines)


@pytest.mark.slow
def test_a_missing_document_a_bad_scenario_and_an_unknown_vendor_are_one_line_each(tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text("name: x\nfaults: [{kind: frob}]\n", encoding="utf-8")
    for arguments, says in (
        (["stripe", "--spec", str(tmp_path / "none.json")], "none.json"),
        (["stripe", "--scenario", str(story)], "story.yaml:2:10: faults[0]: unknown kind"),
        (["dragon"], "there is no vendor dragon"),
        ([str(tmp_path / "none.yaml")], "none.yaml"),
    ):
        said = refused(*arguments)
        assert says in said
        assert len(said.splitlines()) == 1


def test_no_address_is_not_every_address_and_one_port_is_not_two() -> None:
    assert "--host: no address is written here" in refused("stripe", "--host", "")
    assert "--control-port 9555: --port has it already" in refused("stripe", "--port", "9555", "--control-port", "9555")


@pytest.mark.slow
def test_a_port_in_use_is_one_line_that_says_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused("stripe", "--port", str(taken.getsockname()[1]), "--control-port", "0")
    assert "is in use; choose others with --port and --control-port" in said
    assert len(said.splitlines()) == 1


SHOP = {
    "openapi": "3.1.0",
    "info": {"title": "Shop"},
    "servers": [{"url": "https://shop.example/api"}],
    "paths": {
        "/hello": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"const": "hi"}}}}}}}
    },
}


@pytest.mark.slow
def test_a_document_alone_will_do_and_what_it_says_is_told(tmp_path: Path) -> None:
    document = tmp_path / "shop.yaml"
    document.write_text(json.dumps(SHOP))
    with running("--spec", str(document), vendor=None) as (process, vendor, _, _):
        assert get(f"{vendor}/hello") == (200, b'"hi"')
        assert get(f"{vendor}/api/hello") == (200, b'"hi"')
        process.terminate()
        assert process.stdout is not None
        told = process.stdout.read()
    assert "base path /api" in told
    assert "none is enforced" in told


@pytest.mark.slow
def test_neither_a_vendor_nor_a_document_is_one_line() -> None:
    assert "name a vendor, or a document with --spec" in refused()


@pytest.mark.slow
def test_each_request_is_logged_on_a_line_without_the_key(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    scenario = tmp_path / "story.yaml"
    scenario.write_text("name: x\nfaults: [{kind: error, status: 503, skip: 1}]\n")
    key = "sk_test_of_the_log"
    with running("--log", str(log), "--scenario", str(scenario), **{SECRET: key}) as (process, vendor, _, _):
        assert [get(f"{vendor}/v1/customers", key)[0] for _ in range(2)] == [200, 503]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["operation"], line["status"], line["faults"]) for line in lines] == [
        ("GetCustomers", 200, []),
        ("GetCustomers", 503, ["error"]),
    ]
    assert key not in log.read_text()


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    assert "this log cannot be written: Is a directory" in refused("stripe", "--log", str(tmp_path))
