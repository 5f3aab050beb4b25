"""A Pact broker: pacts are published there with a version, and results; it says which versions go together.

API: docs.pact.io/pact_broker (index relations `pb:publish-contracts`, `pb:publish-verification-results`,
`pb:can-i-deploy-pacticipant-version-to-environment`). A broker's own links are followed; where an older one has none,
the usual paths are asked. It knows no vendor and no adapter.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urljoin, urlsplit

import aiohttp

from tidegate.configfile.web_address import host_of
from tidegate.contracts.bounded_body import read_body
from tidegate.contracts.pact_files import PactFile
from tidegate.problems import UsageError

TIMEOUT_S: Final = 30.0

ANSWER_BYTES_MAX: Final = 1 << 24

NOTICES_MAX: Final = 100
"""Of what a broker says, so many lines are passed on."""

HAL: Final = "application/hal+json, application/json"


@dataclass(frozen=True, slots=True)
class Deployability:
    """Whether a version may go. None where the broker does not know, because something was never verified."""

    is_deployable: bool | None
    reason: str
    notices: tuple[str, ...] = ()


class PactBroker:
    """A broker at `url`. `headers` go with each request: its token. Raises UsageError where it cannot be asked."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        if host_of(url) is None:
            raise UsageError(f"{url!r} is no address of a Pact broker; it looks like https://broker.example.com")
        self._url = url.rstrip("/") + "/"
        self._headers = {"Accept": HAL, **headers}
        self._session: aiohttp.ClientSession | None = None
        self._links: Mapping[str, Any] = {}

    async def __aenter__(self) -> Self:
        """Ask for its index."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), headers=self._headers)
        try:
            links = (await self._ask("GET", self._url)).get("_links", {})
        except BaseException:
            await self._session.close()
            raise
        self._links = links if isinstance(links, dict) else {}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ask no more."""
        if self._session is not None:
            await self._session.close()

    async def publish(
        self, files: Sequence[PactFile], version: str, *, branch: str | None = None, tags: Sequence[str] = ()
    ) -> list[str]:
        """Publish pacts, those of one consumer together. Returns what the broker says of it."""
        said: list[str] = []
        ordered = sorted(files, key=lambda file: file.consumer)
        for consumer, own in groupby(ordered, key=lambda file: file.consumer):
            content: dict[str, Any] = {
                "pacticipantName": consumer,
                "pacticipantVersionNumber": version,
                "tags": list(tags),
                "contracts": [_contract(file) for file in own],
            }
            if branch is not None:
                content["branch"] = branch
            answer = await self._ask("POST", self._link("pb:publish-contracts", "contracts/publish"), content)
            said += _notices(answer)
        return said

    async def publish_result(self, file: PactFile, version: str, provider_version: str, *, success: bool) -> None:
        """Publish whether a provider kept the pact that was published under this version."""
        provider, consumer, number = (quote(name, safe="") for name in (file.provider, file.consumer, version))
        path = f"pacts/provider/{provider}/consumer/{consumer}/version/{number}"
        pact = await self._ask("GET", urljoin(self._url, path))
        href = _href(pact.get("_links", {}).get("pb:publish-verification-results"))
        if href is None:
            raise UsageError(f"{self._url}: the broker takes no results for {file.consumer} with {file.provider}")
        content = {"success": success, "providerApplicationVersion": provider_version}
        await self._ask("POST", urljoin(self._url, href), {**content, "verifiedBy": {"implementation": "tidegate"}})

    async def deployability(self, name: str, version: str, environment: str) -> Deployability:
        """Whether this version of an app may go to an environment (can-i-deploy)."""
        usual = "can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}"
        template = self._link("pb:can-i-deploy-pacticipant-version-to-environment", usual)
        for place, value in (("pacticipant", name), ("version", version), ("environment", environment)):
            template = template.replace(f"{{{place}}}", quote(value, safe=""))
        answer = await self._ask("GET", template)
        summary = answer.get("summary")
        if not isinstance(summary, dict):
            raise UsageError(f"{self._url}: the broker's answer has no summary")
        deployable = summary.get("deployable")
        return Deployability(
            deployable if isinstance(deployable, bool) else None,
            str(summary.get("reason") or "the broker gives no reason"),
            tuple(_notices(answer)),
        )

    def _link(self, relation: str, usual: str) -> str:
        return urljoin(self._url, _href(self._links.get(relation)) or usual)

    async def _ask(self, method: str, url: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
        assert self._session is not None
        if _origin(url) != _origin(self._url):
            raise UsageError(f"{self._url}: the broker's link leads elsewhere, to {url}; nothing is sent there")
        try:
            async with self._session.request(method, url, json=content, allow_redirects=False) as answer:
                body = await read_body(answer.content, ANSWER_BYTES_MAX)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UsageError(f"{url}: the broker cannot be asked: {str(error) or type(error).__name__}") from None
        try:
            told = json.loads(body) if body else {}
        except (ValueError, RecursionError):
            told = None
        if not answer.ok or not isinstance(told, dict):
            raise UsageError(f"{method} {url}: the broker answered {answer.status}: {_mistakes(told, body)}")
        return told


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _contract(file: PactFile) -> dict[str, str]:
    return {
        "consumerName": file.consumer,
        "providerName": file.provider,
        "specification": "pact",
        "contentType": "application/json",
        "content": b64encode(file.path.read_bytes()).decode(),
    }


def _href(link: Any) -> str | None:
    """The address of a HAL link, of the first of several."""
    link = link[0] if isinstance(link, list) and link else link
    href = link.get("href") if isinstance(link, dict) else None
    return href if isinstance(href, str) else None


def _notices(answer: Mapping[str, Any]) -> list[str]:
    notices = answer.get("notices")
    listed = notices if isinstance(notices, list) else []
    return [str(one["text"]) for one in listed[:NOTICES_MAX] if isinstance(one, dict) and one.get("text")]


def _mistakes(told: Any, body: bytes) -> str:
    """Why it refused, in its own words."""
    if isinstance(told, dict):
        words = _notices(told) or [json.dumps(told.get("errors") or told.get("error") or told)]
        return "; ".join(words)[:500]
    return body[:200].decode("utf-8", "replace") or "nothing"
