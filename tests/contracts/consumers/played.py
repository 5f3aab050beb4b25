"""Plays an expectation: Pact's mock server on one side, the real adapter on the other."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiohttp

from tidegate.adapters.gateway import Gateway
from tidegate.contracts.expectation import Expectation, make_pact

T = TypeVar("T")


async def play(expectation: Expectation, work: Callable[[Gateway], Coroutine[Any, Any, T]]) -> T:
    """What the adapter makes of the expected answer. Fails with Pact's words where its request is another one.

    One mock server for each expectation: with several it slows down, and mixes up equal requests in different states.
    """
    pact = make_pact("played", "vendor", [expectation])
    with pact.serve("127.0.0.1", raises=False, verbose=False) as server:
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
                return await work(Gateway(session, str(server.url), "app"))
        finally:  # what was raised inside stays as the cause; Pact's own way would replace it
            if not server.matched:
                said = json.dumps([str(mismatch) for mismatch in server.mismatches], indent=1)
                raise AssertionError(f"{expectation.name}: {said}")
