"""The loop that people write: what it retries, when it gives up, what it then knows."""

import random
from collections.abc import Mapping, Sequence

import pytest

from tidegate.chaos.apps.naive_sdk import ConnectionLost, Sdk, SdkResponse
from tidegate.chaos.apps.retry_loop import (
    PATIENCE_S,
    TRIES,
    App,
    Intent,
    IntentResult,
    ReportedOutcome,
    outcome_of,
    payment,
)
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld


class Scripted(Sdk):
    """Gives the statuses of a script, 0 for a lost connection; the last one for ever."""

    def __init__(self, script: Sequence[int]) -> None:
        self.script = list(script)
        self.calls: list[tuple[str, str, dict[str, str]]] = []

    async def call(self, method: str, path: str, params: Mapping[str, str]) -> SdkResponse:
        self.calls.append((method, path, dict(params)))
        status = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if status == 0:
            raise ConnectionLost("scripted", final=False)
        return SdkResponse(status, {}, b"body %d" % status)


def pursued(script: Sequence[int], intent: Intent | None = None) -> tuple[IntentResult, Scripted, list[SdkResponse]]:
    sdk, seen = Scripted(script), list[SdkResponse]()

    async def main() -> IntentResult:
        world = VirtualWorld(1)
        app = App(sdk, random.Random(1), world.sleep, world.now, seen.append)
        return await app.pursue(intent or Intent("order-1", "payment", 0.0))

    return run(main), sdk, seen


@pytest.mark.parametrize("status", [0, 429, 503])
def test_a_lost_connection_429_and_503_are_tried_again(status: int) -> None:
    ending, sdk, _ = pursued([status, status, 200])
    assert (ending.outcome, ending.statuses, len(sdk.calls)) == (ReportedOutcome.DONE, (status, status, 200), 3)


@pytest.mark.parametrize("status", [400, 402, 404, 409, 422, 500, 502, 504])
def test_everything_else_is_final(status: int) -> None:
    _, sdk, _ = pursued([status, 200])
    assert len(sdk.calls) == 1


def test_it_gives_up_when_its_patience_is_used_up() -> None:
    ending, sdk, _ = pursued([503])
    assert ending.outcome is ReportedOutcome.NOT_APPLIED
    assert ending.ended_s <= PATIENCE_S
    assert 5 <= len(sdk.calls) <= TRIES


def test_the_patience_counts_from_when_it_was_asked() -> None:
    ending, _, _ = pursued([503], Intent("order-1", "payment", start_s=-55.0))
    assert ending.ended_s <= 5.0


@pytest.mark.parametrize(
    ("statuses", "knows"),
    [
        pytest.param([200], ReportedOutcome.DONE, id="a 200 is done"),
        pytest.param([0, 503, 201], ReportedOutcome.DONE, id="whatever came before it"),
        pytest.param([402], ReportedOutcome.NOT_APPLIED, id="a decline is not applied"),
        pytest.param([429, 503, 429], ReportedOutcome.NOT_APPLIED, id="refused for now, every time, is not applied"),
        pytest.param([0, 429], ReportedOutcome.UNKNOWN, id="a lost connection leaves it unknown, whatever came after"),
        pytest.param([504], ReportedOutcome.UNKNOWN, id="a timeout on the way says nothing of the write"),
        pytest.param([500], ReportedOutcome.UNKNOWN, id="nor does the vendor's own failure"),
    ],
)
def test_what_the_app_knows_follows_from_all_its_calls(statuses: list[int], knows: ReportedOutcome) -> None:
    assert outcome_of(statuses) is knows


def test_a_payment_names_its_intent_and_a_read_has_no_effect() -> None:
    _, sdk, _ = pursued([200])
    method, path, params = sdk.calls[0]
    assert (method, path, params["metadata[order_id]"]) == ("POST", "/v1/payment_intents", "order-1")
    assert params == payment(Intent("order-1", "payment", 0.0))
    _, sdk, _ = pursued([200], Intent("order-2", "read", 0.0))
    assert sdk.calls[0][0] == "GET"


def test_every_answer_is_shown_to_who_looks_for_secrets() -> None:
    _, _, seen = pursued([429, 200])
    assert [answer.body for answer in seen] == [b"body 429", b"body 200"]
