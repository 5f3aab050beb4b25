"""A gateway that answers at once, for tests of what an adapter makes of an answer."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, NamedTuple, TypeVar

from tidegate.adapters.gateway import Gateway, GatewayResponse
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import VendorFailure

T = TypeVar("T")


class Asked(NamedTuple):
    """The last request: `content` is its query, its form or its JSON document."""

    method: str
    path: str
    content: Mapping[str, Any]
    key: str


def done(result: T | Deferred) -> T:
    """What is not deferred."""
    assert not isinstance(result, Deferred)
    return result


class Answering(Gateway):
    """Every request gets `answer`; the last one is kept."""

    def __init__(
        self, status: int, body: bytes, retry_after_s: float | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.retry_after_s = retry_after_s
        self.headers = headers or {}
        self.asked = Asked("", "", {}, "")

    def _answer(self, asked: Asked) -> GatewayResponse:
        self.asked = asked
        return GatewayResponse(
            self.status, self.body, "c1", self.retry_after_s, reads=asked.method == "GET", headers=self.headers
        )

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> GatewayResponse:
        return self._answer(Asked("GET", path, dict(query or {}), ""))

    async def post_form(self, path: str, form: Mapping[str, str], *, key: str) -> GatewayResponse:
        return self._answer(Asked("POST", path, dict(form), key))

    async def _write_json(
        self, method: str, path: str, document: Mapping[str, object], key: str, trace: str
    ) -> GatewayResponse:
        return self._answer(Asked(method, path, dict(document), key))


class Streaming(Answering):
    """Every stream has this data."""

    def __init__(self, *data: str) -> None:
        super().__init__(200, b"")
        self.data = data

    async def stream_json(
        self, path: str, document: object, *, key: str, failure_of: Callable[[GatewayResponse], VendorFailure]
    ) -> AsyncIterator[str]:
        for data in self.data:
            yield data


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waited")
