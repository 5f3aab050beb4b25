"""Tries the mutants of a provider's real answers: on the adapter, and on the pact by Pact's own verifier.

A field is read where a change of it changes what the adapter makes of the answer. Then the pact must fail on that very
change. Where no change of a field changes anything for the adapter, no change of it may fail the pact.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession, web

from tests.contracts.mutation.mutants import Mutant, mutants
from tests.contracts.providers import changed, simulated
from tidegate.contracts.message_expectation import WHERE
from tidegate.contracts.message_source import MessageSource
from tidegate.contracts.pact_files import read_pact
from tidegate.contracts.provider_headers import provider_headers
from tidegate.contracts.state_server import StateServer
from tidegate.contracts.verify import verify
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

Run = Callable[[str, int, bytes], str]
"""What an adapter makes of an answer: the expectation's name, status and body → a text."""


@dataclass(frozen=True)
class FullAnswer:
    """An interaction of the pact, and all that the provider answered to it."""

    interaction: Mapping[str, Any]
    status: int
    body: Any

    @property
    def name(self) -> str:
        return str(self.interaction["description"])


@dataclass
class MutationResult:
    """`read` counts changes that the adapter notices, `unread` changes of fields of which it notices none."""

    read: int = 0
    caught: int = 0
    unread: int = 0
    missed: list[str] = field(default_factory=list)
    wrongly_failed: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        return (
            f"{self.caught} of {self.read} changes of fields that are read are caught; "
            f"{len(self.wrongly_failed)} of {self.unread} changes of other fields fail"
        )


async def full_answers(provider: str, pact: Path) -> list[FullAnswer]:
    """What the simulator answers to each interaction, or sends as each webhook, in the pact's order."""
    if read_pact(pact).messages:
        return await full_messages(provider, pact)
    answers: list[tuple[int, Any]] = []

    def keep(_path: str, status: int, body: Any) -> tuple[int, Any]:
        answers.append((status, body))
        return status, body

    headers = provider_headers(load_vendor(find_vendor(provider)).vendor.facts)
    async with simulated(provider) as (url, states_url), changed(url, keep) as seen:
        report = await verify(RealWorld(), provider, seen, states_url=states_url, pacts=[pact], headers=headers)
    assert report.held, [*report.lines()]
    interactions = _interactions(pact)
    assert [one["response"]["status"] for one in interactions] == [status for status, _ in answers]
    return [FullAnswer(one, *answer) for one, answer in zip(interactions, answers, strict=True)]


async def full_messages(provider: str, pact: Path) -> list[FullAnswer]:
    """All that the simulator's messages hold, for each of the pact, as if each were an answer to a request."""
    file, found = read_pact(pact), []
    headers = provider_headers(load_vendor(find_vendor(provider)).vendor.facts)
    async with simulated(provider) as (url, states_url):
        webhooks_url, where = states_url.replace("/states", "/webhooks"), file.references(WHERE)
        async with (
            MessageSource(RealWorld(), url, webhooks_url, headers, where) as source,
            StateServer(RealWorld(), states_url, source) as states,
            ClientSession() as pacts_verifier,
        ):
            for one in _interactions(pact):
                for action in ("setup", "teardown"):
                    for state in one["providerStates"]:
                        asked = {"action": action, "state": state["name"], "params": state.get("params", {})}
                        async with pacts_verifier.post(states.url, json=asked):
                            pass
                    if action == "setup":
                        wanted = {"description": one["description"]}
                        async with pacts_verifier.post(f"http://127.0.0.1:{source.port}/message", json=wanted) as told:
                            assert told.status == 200, await told.text()
                            found.append(FullAnswer(_as_answer(one), 200, await told.json()))
            assert not states.mistakes
    return found


def _as_answer(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message as an interaction over HTTP whose answer it is: its contents and rules are written alike."""
    body = {"body": message["contents"]}
    rules = {"matchingRules": message["matchingRules"]} if "matchingRules" in message else {}
    return {"description": message["description"], "response": {"status": 200, **body, **rules}}


def _interactions(pact: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(pact.read_bytes())["interactions"]
    return found


def unused(pact: Path, run: Run) -> list[str]:
    """Fields that the pact pins and the adapter does not read: no change of one changes what it makes of the answer."""
    found: list[str] = []
    for one in _interactions(pact):
        response = (one if "response" in one else _as_answer(one))["response"]
        answer = FullAnswer(one, response["status"], response.get("body", {}).get("content"))
        left = {mutant.place for _, mutant, notice in _noticed(answer, run) if notice is None}
        found += [f"{answer.name}: {place}" for place in sorted(left)]
    return found


async def tried(answers: Sequence[FullAnswer], run: Run, folder: Path, *, most: int | None = None) -> MutationResult:
    """Try every mutant of these answers, or so many of them, drawn from a fixed seed."""
    notices: list[tuple[FullAnswer, Mutant, bool | None]] = []
    for answer in answers:
        notices += _noticed(answer, run)
    if most is not None and len(notices) > most:
        notices = Random(7).sample(notices, most)
    failed = await _failed(folder, [(answer, mutant) for answer, mutant, _ in notices])
    result = MutationResult()
    for number, (answer, mutant, notice) in enumerate(notices):
        where = f"{answer.name}: {mutant.place} {mutant.kind}"
        if notice is True:
            result.read += 1
            result.caught += number in failed
            result.missed += [] if number in failed else [where]
        elif notice is None:
            result.unread += 1
            result.wrongly_failed += [where] if number in failed else []
    return result


def _noticed(answer: FullAnswer, run: Run) -> list[tuple[FullAnswer, Mutant, bool | None]]:
    """Each mutant with True where the adapter notices it, None where it notices no change of that field, else False."""
    whole = run(answer.name, answer.status, json.dumps(answer.body).encode())
    made = [*mutants(answer.body)]
    notices = [run(answer.name, answer.status, json.dumps(mutant.body).encode()) != whole for mutant in made]
    read = {mutant.place for mutant, notice in zip(made, notices, strict=True) if notice}
    above = {place[:end] for place in read for end in range(len(place)) if place[end] == "/"}
    return [
        (answer, mutant, notice or (None if mutant.place not in read | above else False))
        for mutant, notice in zip(made, notices, strict=True)
    ]


async def _failed(folder: Path, made: Sequence[tuple[FullAnswer, Mutant]]) -> set[int]:
    """The numbers of the mutants on which the pact fails: each is an interaction of one great pact."""
    interactions = []
    for number, (answer, _) in enumerate(made):
        response = answer.interaction["response"]
        interactions.append(
            {
                "type": "Synchronous/HTTP",
                "description": str(number),
                "request": {"method": "GET", "path": f"/{number}"},
                "response": response,
            }
        )
    pact = folder / "mutants.json"
    names = {"consumer": {"name": "mutants"}, "provider": {"name": "changed"}}
    about = {"pactSpecification": {"version": "4.0"}}
    pact.write_text(json.dumps({**names, "interactions": interactions, "metadata": about}))
    async with _answering([(answer.status, mutant.body) for answer, mutant in made]) as url:
        report = await verify(RealWorld(), "changed", url, pacts=[pact])
    assert report.verified == len(made), [*report.lines()][-1]
    return {int(mismatch.interaction) for mismatch in report.mismatches}


@asynccontextmanager
async def _answering(answers: Sequence[tuple[int, Any]]) -> AsyncIterator[str]:
    """A provider that answers `/n` with the nth answer."""

    async def handle(request: web.BaseRequest) -> web.Response:
        status, body = answers[int(request.path[1:])]
        return web.json_response(body, status=status)

    server = web.Server(handle, access_log=None)
    listener = await RealWorld().listen(server, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.port}"
    finally:
        await listener.close()
        await server.shutdown(0.1)
