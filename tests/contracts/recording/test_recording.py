"""A cassette by way of mitmproxy: recorded in front of a vendor over TLS, without secrets, and played again."""

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.contracts.recording.wire import Line, mitmdump, standing_in, vendor_over_tls
from tidegate.cassette.cassette_file import read, read_head
from tidegate.cassette.recorded_exchange import RecordedExchange
from tidegate.contracts.recording.recording import (
    RecordingResult,
    RecordingTarget,
    flow_arguments,
    record,
    reverse_arguments,
)
from tidegate.problems import UsageError
from tidegate.simulator import Simulator

SECRET = "rk_test_for_the_recording"
FORM = {"amount": "1999", "currency": "eur", "metadata[card]": "4242 4242 4242 4242"}
HIDDEN = re.compile(rb'("(?:client_secret|card)":")([^"]*)(")')
KEY = {"Authorization": f"Bearer {SECRET}"}


async def talk(base: str) -> list[tuple[int, bytes]]:
    """An app's calls, each with status and body."""
    calls = (("POST", "/v1/payment_intents", FORM), ("GET", "/v1/payment_intents", None), ("GET", "/v1/nothing", None))
    told = []
    async with ClientSession() as app:
        for method, path, form in calls:
            async with app.request(method, base + path, data=form, headers=KEY) as answer:
                told.append((answer.status, await answer.read()))
    return told


@pytest.mark.slow
async def test_what_passes_mitmproxy_over_tls_is_recorded_without_secrets_and_played_again(tmp_path: Path) -> None:
    tape, heard = tmp_path / "tape.jsonl", list[tuple[int, bytes]]()
    async with vendor_over_tls(tmp_path, SECRET) as (vendor, ca):
        base = f"https://127.0.0.1:{vendor.port}"
        target = RecordingTarget("stripe", base, tape)
        arguments = [*reverse_arguments(base, 0, ca, tmp_path / "home"), "-w", str(tmp_path / "flows")]

        async def work(port: int, stop: Callable[[], None]) -> None:
            heard.extend(await talk(f"http://127.0.0.1:{port}"))
            stop()

        result = await record(mitmdump(), arguments, target, work, 0.0)
    assert result == RecordingResult(3, 0, [])
    exchanges = tuple(read(tape))
    assert [(one.method, one.path, one.status) for one in exchanges] == [
        ("POST", "/v1/payment_intents", 200),
        ("GET", "/v1/payment_intents", 200),
        ("GET", "/v1/nothing", 404),
    ]
    assert SECRET not in tape.read_text()
    assert "4242" not in tape.read_text()
    assert (read_head(tape).recorded_s or 0) > 1_000_000_000
    with Simulator("stripe", cassette=tape) as played:
        again = await talk(played.url)
    assert [status for status, _ in again] == [status for status, _ in heard]
    assert [body for _, body in again] == [HIDDEN.sub(rb"\1[redacted]\3", body) for _, body in heard]

    flows = RecordingTarget("stripe", base, tmp_path / "from-flows.jsonl")
    arguments = flow_arguments(tmp_path / "flows", tmp_path / "home")
    assert (await record(mitmdump(), arguments, flows, _nothing, 0.0)).written == 3
    assert [*map(_without_time, read(flows.output))] == [*map(_without_time, exchanges)]


async def _nothing(_port: int, _stop: Callable[[], None]) -> None:
    """A flow file is read by itself."""


def _without_time(exchange: RecordedExchange) -> RecordedExchange:
    return RecordedExchange(exchange.method, exchange.path, exchange.request, exchange.status, exchange.answer)


async def test_exchanges_with_others_and_what_was_left_out_are_counted(tmp_path: Path) -> None:
    told = {"method": "GET", "path": "/v1/a?c=4242424242424242", "status": 200, "began_s": 5.0, "took_s": 0.1}
    message = {"headers": [["Cookie", "sid=of-somebody"], ["Accept", "*/*"]], "body": ""}
    echo = {"headers": [["X-Limit", "3"]], "body": b64encode(b"your sid=of-somebody").decode()}
    lines: list[Line] = [
        {"port": 0},
        {**told, "url": "https://api.stripe.com:443/v1/a", "request": message, "answer": echo},
        {**told, "url": "https://elsewhere.test/v1/a", "request": message, "answer": message},
        {"left_out": "GET /v1/b: it broke off"},
    ]
    target = RecordingTarget("stripe", "https://api.stripe.com", tmp_path / "tape.jsonl")
    result = await record(standing_in(tmp_path, lines), [], target, _nothing, 0.0)
    assert result == RecordingResult(1, 1, ["GET /v1/b: it broke off"])
    (exchange,) = read(target.output)
    assert exchange.path == "/v1/a?c=[redacted]"
    assert exchange.answer.body == b"your [redacted]"
    assert read_head(target.output).recorded_s == 5.0


async def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    target = RecordingTarget("stripe", "https://api.stripe.com", tmp_path / "tape.jsonl")
    with pytest.raises(UsageError, match="mitmproxy does not run: the port is in use"):
        await record(standing_in(tmp_path, [], "the port is in use", 1), [], target, _nothing, 0.0)
    with pytest.raises(UsageError, match="mitmproxy ended with 3: it fell"):
        await record(standing_in(tmp_path, [{"port": 1}], "it fell", 3), [], target, _nothing, 0.0)
    corrupt = standing_in(tmp_path, [{"port": 0}], "Flow file corrupted.")
    with pytest.raises(UsageError, match=r"mitmproxy ended with 0: .* corrupted"):
        await record(corrupt, [], target, _nothing, 0.0)


async def test_nothing_is_recorded_over_another_recording(tmp_path: Path) -> None:
    target = RecordingTarget("stripe", "https://api.stripe.com", tmp_path)
    with pytest.raises(UsageError, match="there already"):
        await record(Path("/nowhere"), [], target, _nothing, 0.0)


@pytest.mark.parametrize("address", ["", "api.stripe.com", "ftp://x", "https://", "https://[::1"])
def test_an_address_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no address of a vendor"):
        reverse_arguments(address, 0, None, tmp_path)


def test_a_flow_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        flow_arguments(tmp_path / "none", tmp_path)
