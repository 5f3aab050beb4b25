"""Where tokens are fetched the wait for one comes before any permit; everywhere else the stage is not there."""

from types import SimpleNamespace
from typing import Any

from tests.proxy.examples import plan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.stages.guards import readiness

NONE = refused(PROBLEMS["credential-unavailable"], "None came.")
SENT = refused(PROBLEMS["not-found"], "It went on.")


class Provider:
    """A provider that says what it is told to say, and remembers for how long it could wait."""

    def __init__(self, refusal: Reply | None, *, fetches: bool = True) -> None:
        self.fetches, self.refusal = fetches, refusal
        self.deadlines: list[float] = []

    async def ready(self, deadline: float) -> Reply | None:
        self.deadlines.append(deadline)
        return self.refusal


async def proceed(call: Call) -> Reply:
    assert call is CALL
    return SENT


CALL: Any = SimpleNamespace(deadline=7.0)


def stage(provider: Provider) -> Any:
    upstream: Any = SimpleNamespace(provider=provider)
    return readiness.stage(plan(), upstream, proceed)


async def test_a_call_goes_on_when_there_is_a_credential() -> None:
    provider = Provider(None)
    assert await stage(provider)(CALL) is SENT
    assert provider.deadlines == [7.0]


async def test_a_call_goes_no_further_where_there_is_none() -> None:
    assert await stage(Provider(NONE))(CALL) is NONE


def test_a_vendor_whose_tokens_nobody_fetches_does_not_meet_it() -> None:
    assert stage(Provider(None, fetches=False)) is proceed
