"""Brings a provider into the states that pacts name, by asking its control API, and never fails towards Pact.

Pact's verifier calls this server before and after each interaction. An answer other than 200 it asks for again, with
growing waits, for two minutes; so a state that cannot be set up is written down here, and fails the verification at its
end. Knows no state: the sentences and what they mean are the provider's.
"""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tidegate.contracts.message_expectation import A_REQUEST
from tidegate.contracts.message_source import MessageSource
from tidegate.world.world import Listener, World

TIMEOUT_S = 10.0


class StateServer:
    """Listens on loopback for as long as it is entered. `states_url` is the provider's (`http://…/states`).

    Without one, states are passed over: the provider is taken to be in them already. `messages` makes the requests that
    message pacts have as a state.
    """

    def __init__(self, world: World, states_url: str | None, messages: MessageSource | None = None) -> None:
        self._world = world
        self._messages = messages
        self._known: dict[str, Any] = {}
        self._states_url = states_url
        self._server = web.Server(self._handle, access_log=None)
        self._listener: Listener | None = None
        self._session: aiohttp.ClientSession | None = None
        self.mistakes: list[str] = []
        """One sentence for each state that could not be set up."""

    @property
    def url(self) -> str:
        """The address that Pact's verifier is to call."""
        assert self._listener is not None
        return f"http://127.0.0.1:{self._listener.port}/"

    async def __aenter__(self) -> Self:
        """Listen."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        self._listener = await self._world.listen(self._server, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        if self._listener is not None:
            await self._listener.close()
        await self._server.shutdown(0.1)
        if self._session is not None:
            await self._session.close()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        body = await request.content.read()
        try:
            values = await self._pass_on(body)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            self.mistakes.append(f"{_state_name(body)}: {str(error) or type(error).__name__}")
            values = {}
        return web.json_response(values)

    async def _pass_on(self, body: bytes) -> Mapping[str, Any]:
        """The values that the provider gives for a state, which Pact puts into the request."""
        if self._states_url is None:
            return {}
        assert self._session is not None
        headers = {"Content-Type": "application/json"}
        wanted = json.loads(body)
        if self._messages is not None and wanted["state"] == A_REQUEST:
            if wanted.get("action") != "teardown":
                await self._messages.ask(wanted.get("params") or {}, self._known)
            return {}
        async with self._session.post(self._states_url, data=body, headers=headers) as response:
            values = json.loads(await response.read())
        if not isinstance(values, dict):
            raise ValueError("the provider's answer is no JSON object")  # noqa: TRY004  # about a message, not an argument
        if not response.ok:
            raise ValueError(str(values.get("error", f"the provider answered {response.status}")))
        self._known = values
        return values


def _state_name(body: bytes) -> str:
    try:
        return repr(json.loads(body)["state"])
    except (ValueError, KeyError, TypeError):
        return "an unreadable state"
