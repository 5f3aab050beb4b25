"""A gateway that answers at once, for tests of what the adapter makes of an answer."""

from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from tidegate.adapters.gateway import Gateway, GatewayResponse
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.stripe.adapter import StripePayments

T = TypeVar("T")


def done(result: T | Deferred) -> T:
    """What is not deferred."""
    assert not isinstance(result, Deferred)
    return result


class Answering(Gateway):
    """Every request gets `answer`; the last one is kept."""

    def __init__(self, status: int, body: bytes, retry_after_s: float | None = None) -> None:
        self.status = status
        self.body = body
        self.retry_after_s = retry_after_s
        self.asked: tuple[str, str, Mapping[str, str], str] = ("", "", {}, "")

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> GatewayResponse:
        self.asked = ("GET", path, dict(query or {}), "")
        return GatewayResponse(self.status, self.body, "c1", self.retry_after_s, reads=True)

    async def post_form(self, path: str, form: Mapping[str, str], *, key: str) -> GatewayResponse:
        self.asked = ("POST", path, dict(form), key)
        return GatewayResponse(self.status, self.body, "c1", self.retry_after_s, reads=False)


def payments(status: int, body: bytes, retry_after_s: float | None = None) -> tuple[StripePayments, Answering]:
    """The adapter in front of such a gateway."""
    gateway = Answering(status, body, retry_after_s)
    return StripePayments(gateway), gateway


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waited")
