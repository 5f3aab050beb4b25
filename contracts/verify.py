"""Verifies Pact files against a provider, and says what failed as path, expected and actual.

The provider is a URL: the simulator, a sandbox, or the real vendor through the proxy. Knows no adapter. The Pact
library does the comparing; its own report goes to standard output in its own way, so here it is kept off it.
"""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pact import Verifier

from tidegate.configfile.web_address import host_of
from tidegate.contracts.message_expectation import WHERE
from tidegate.contracts.message_source import MessageSource
from tidegate.contracts.pact_files import PactFile, find_pacts, read_pact, written
from tidegate.contracts.state_server import StateServer
from tidegate.problems import UsageError
from tidegate.url_port import port_of
from tidegate.verdict import CaseVerdict
from tidegate.world.world import World

REQUEST_TIMEOUT_MS: Final = 10_000
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
REACH_S: Final = 5.0
"""A provider takes a connection within so long, or counts as not there."""


@dataclass(frozen=True, slots=True)
class PactMismatch:
    """One thing that is not as the pact says. `path` is Pact's own (`$.amount`, a header's name, `status`)."""

    interaction: str
    path: str
    expected: str
    actual: str
    says: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a verification. `verified` counts interactions, good and bad; `states` tells of failed set-ups."""

    provider: str
    verified: int
    declared: int
    mismatches: tuple[PactMismatch, ...]
    states: tuple[str, ...]
    unsent: tuple[str, ...] = ()
    """Messages and whatever else no request can ask for: not verified."""

    @property
    def inconclusive(self) -> tuple[str, ...]:
        """Why nothing can be said though nothing failed: interactions that were not verified."""
        if self.mismatches or self.states or self.verified == self.declared > 0:
            return ()
        return (f"{self.verified} of {self.declared} interactions were verified",)

    @property
    def held(self) -> bool:
        """True where every declared interaction was verified and nothing failed."""
        return not self.mismatches and not self.states and self.verified == self.declared > 0

    def cases(self) -> list[CaseVerdict]:
        """The report as CI jobs read it: a case for each interaction that broke, and one for the whole."""
        said: dict[str, list[str]] = {}
        for mismatch in self.mismatches:
            said.setdefault(mismatch.interaction, []).append(f"{mismatch.path or 'answer'}: {mismatch.says}")
        states = [f"the state {state}" for state in self.states]
        whole = f"{self.provider}: {self.verified} of {self.declared} interactions"
        broken = [CaseVerdict(name, sentences) for name, sentences in said.items()]
        return [CaseVerdict(whole, states, self.inconclusive), *broken]

    def lines(self) -> Iterator[str]:
        """The report for a person."""
        for mismatch in self.mismatches:
            yield f"{self.provider}: {mismatch.interaction}: {mismatch.path or 'answer'}: {mismatch.says}"
        for state in self.states:
            yield f"{self.provider}: the state {state}"
        for name in self.unsent:
            yield f"{self.provider}: {name}: this is no request, so an address cannot be asked for it: not verified"
        broken = len({mismatch.interaction for mismatch in self.mismatches})
        yield f"{self.provider}: {self.verified} of {self.declared} interactions verified, {broken} broken"


async def verify(
    world: World,
    provider: str,
    url: str,
    *,
    states_url: str | None = None,
    pacts: Sequence[Path] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Report:
    """Verify a provider's pacts against `url`. `headers` go with each request, in place of those in the pact.

    `states_url` is the provider's own address for states; without one they are passed over. Takes about half a second
    at least. Raises UsageError for an address or a file that cannot be used, and where nobody is at an address: what
    was not asked has neither kept a contract nor broken it.
    """
    files = [read_pact(path) for path in (pacts if pacts is not None else find_pacts(provider))]
    for address in (url, states_url):
        if address is not None:
            await asyncio.to_thread(_reach, address)
    messages = states_url is not None and any(file.messages for file in files)
    unsent = tuple(name for file in files for name in (*(() if messages else file.messages), *file.others))
    declared = sum(file.requests + (len(file.messages) if messages else 0) for file in files)
    if not declared:
        return Report(provider, 0, 0, (), (), unsent)
    async with contextlib.AsyncExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        source = None
        if states_url is not None and messages:
            source = await running.enter_async_context(_source(world, url, states_url, files, headers or {}))
        states = await running.enter_async_context(StateServer(world, states_url, source))
        paths = written(files, folder, messages=messages)
        verifier = _verifier(provider, url, paths, states.url, headers or {})
        if source is not None:
            verifier.add_transport(protocol="message", port=source.port, path="/message")
        with (
            _quiet_stdout(),
            _loopback_direct(),
            contextlib.suppress(RuntimeError),
        ):  # its text says nothing; `results` does
            await asyncio.to_thread(verifier.verify)
        results = verifier.results
        _refuse_silence(url, results)
        names = _names(results["interactionResults"])
        mismatches = tuple(mismatch for error in results["errors"] for mismatch in _mismatches(error, names))
        verified = len(results["interactionResults"])
        return Report(provider, verified, declared, mismatches, tuple(states.mistakes), unsent)


def _source(
    world: World, url: str, states_url: str, files: Sequence[PactFile], headers: Mapping[str, str]
) -> MessageSource:
    """Where the messages come from: the provider's webhooks, whose addresses are taken beside its states."""
    where: dict[str, Mapping[str, str]] = {}
    for file in files:
        where |= file.references(WHERE)
    webhooks_url = states_url.rpartition("/")[0] + "/webhooks"
    return MessageSource(world, url, webhooks_url, headers, where)


def _verifier(provider: str, url: str, files: Sequence[Path], states: str, headers: Mapping[str, str]) -> Verifier:
    host = _host(url)
    verifier = Verifier(provider, host=host)  # the host must be said twice: it must equal the transport's
    verifier.add_transport(url=url.rstrip("/"))
    verifier.set_coloured_output(enabled=False).set_error_on_empty_pact(enabled=True)
    verifier.set_request_timeout(REQUEST_TIMEOUT_MS)
    verifier.state_handler(states, teardown=True, body=True)
    if headers:
        verifier.add_custom_headers(dict(headers))
    for path in files:
        verifier.add_source(path)
    return verifier


@contextlib.contextmanager
def _loopback_direct() -> Iterator[None]:
    """Keep what this machine asks of itself, states too, from the proxy that HTTP_PROXY may name to the library."""
    names = ("NO_PROXY", "no_proxy")
    before = {name: os.environ.get(name) for name in names}
    spared = ",".join(filter(None, (*dict.fromkeys(before.values()), *LOOPBACK)))
    os.environ.update(dict.fromkeys(names, spared))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _reach(url: str) -> None:
    """Raise UsageError where nobody takes connections at this address."""
    host = _host(url)
    parts = urlsplit(url)
    try:
        port = port_of(parts)
        socket.create_connection((host, port), timeout=REACH_S).close()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"no provider answers on {url}: {reason}") from None


def _refuse_silence(url: str, results: Mapping[str, Any]) -> None:
    """Raise UsageError where not one request got an answer: somebody takes connections there, and speaks otherwise."""
    kinds = [error["mismatch"] for error in results["errors"]]
    if kinds and len(kinds) == len(results["interactionResults"]):
        said = [str(kind.get("message", "")) for kind in kinds]
        if all(text.startswith("error sending request") for text in said):
            raise UsageError(f"no provider answers on {url}: {said[0]}")


def _host(url: str) -> str:
    """The host of a provider's address. Raises UsageError where it is no such address."""
    host = host_of(url)
    if host is not None and not urlsplit(url).query:
        return host
    raise UsageError(f"{url!r} is no address of a provider; it looks like http://127.0.0.1:9100")


def _names(results: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What Pact writes above an error, and the name of its interaction: by its description where no other has that."""
    alike, names = Counter(str(one["description"]) for one in results), {}
    for one in results:
        description, states = str(one["description"]), one.get("providerStates") or ()
        given = f" Given {' And '.join(states)}" if states else ""
        above = f"Verifying a pact between {one['consumer']} and {one['provider']}{given} - {description}"
        told_apart = f"{one['consumer']}: {description}" + (f" given {' and '.join(states)}" if states else "")
        names[above] = description if alike[description] == 1 else told_apart
    return names


def _mismatches(error: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[PactMismatch]:
    """One error of Pact's as ours. Its kinds differ in their fields; what is missing is left empty."""
    above = str(error["interaction"])
    interaction = names.get(above) or above.rpartition(" - ")[2]
    about = error["mismatch"]
    if about.get("type") != "mismatches":
        yield PactMismatch(interaction, "", "an answer", "none", str(about.get("message", about)))
        return
    for difference in about["mismatches"]:
        place = (
            difference.get("path")
            or difference.get("key")
            or difference.get("type", "").removesuffix("Mismatch").lower()
        )
        expected, actual = str(difference.get("expected", "")), str(difference.get("actual", ""))
        text = difference.get("mismatch") or f"expected {expected}, got {actual}"
        yield PactMismatch(interaction, str(place), expected, actual, str(text))


@contextlib.contextmanager
def _quiet_stdout() -> Iterator[None]:
    """The library's core writes its report to the file descriptor itself; for that time it leads nowhere."""
    sys.stdout.flush()
    stdout_copy, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(stdout_copy, 1)
        os.close(stdout_copy)
        os.close(nowhere)
