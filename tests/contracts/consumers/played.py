"""Plays an expectation: Pact's mock server on one side, the real adapter on the other. And compares files."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from pact import Pact

from tidegate.adapters.gateway import Gateway
from tidegate.contracts.expectation import Expectation, make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation
from tidegate.contracts.pact_files import PACTS

T = TypeVar("T")


async def play(
    expectation: Expectation,
    work: Callable[[Gateway], Coroutine[Any, Any, T]],
    *before: Expectation,
    key_header: str = "Authorization",
) -> T:
    """What the adapter makes of the expected answer. Fails with Pact's words where its request is another one.

    `before` is asked for first. One mock server for each play: with many expectations it slows down, and mixes up equal
    requests in different states.
    """
    pact = make_pact("played", "vendor", [*before, expectation])
    with pact.serve("127.0.0.1", raises=False, verbose=False) as server:
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
                return await work(Gateway(session, str(server.url), "app", key_header=key_header))
        finally:  # what was raised inside stays as the cause; Pact's own way would replace it
            if not server.matched:
                said = json.dumps([str(mismatch) for mismatch in server.mismatches], indent=1)
                raise AssertionError(f"{expectation.name}: {said}")


def play_message(expectation: MessageExpectation, read: Callable[[bytes], T]) -> T:
    """What the adapter makes of the expected webhook."""
    got: list[T] = []

    def handle(body: str | bytes | None, _metadata: dict[str, object]) -> None:
        assert body is not None
        got.append(read(body.encode() if isinstance(body, str) else body))

    make_pact("played", "vendor", [expectation]).verify(handler=handle, kind="Async")
    (result,) = got
    return result


def file_of(pact: Pact) -> Path:
    """The committed file of a pact."""
    return PACTS / f"{pact.consumer}-{pact.provider}.json"


def is_committed(pact: Pact, folder: Path) -> bool:
    """True where the committed file is what is declared, the library's version aside."""
    declared, committed = (json.loads(file.read_bytes()) for file in (write(pact, folder), file_of(pact)))
    for one in (declared, committed):
        del one["metadata"]["pactRust"]
    return bool(committed == declared)
