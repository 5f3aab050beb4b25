"""What the completions port promises, kept by every vendor of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.adapters.conformance.town import HURRY_S, PAUSE, PortTown, port_town
from tidegate.adapters.ports.completions import Completion, CompletionEnd, Completions, Speaker, TextPiece, Turn
from tidegate.adapters.ports.failures import OutcomeUnknown, RateLimited, Rejected
from tidegate.adapters.ports.identifiers import vendor_of

VENDORS = ("openai", "anthropic")
QUESTION = (
    Turn(Speaker.SYSTEM, "Answer in one sentence."),
    Turn(Speaker.USER, "What is a tide gate?"),
    Turn(Speaker.ASSISTANT, "A gate."),
    Turn(Speaker.USER, "What does it do when the tide comes in from the sea?"),
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Model:
    """A vendor behind the port; `hurried` is the same vendor, asked with a small budget."""

    name: str
    completions: Completions
    hurried: Completions
    town: PortTown


def model_of(town: PortTown, name: str) -> Model:
    one, hurried = (town.adapters("completions", name, budget_s=budget_s).completions for budget_s in (None, HURRY_S))
    return Model(name, one, hurried, town)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def models(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Model]]:
    async with port_town(tmp_path_factory.mktemp("town"), VENDORS) as town:
        yield {name: model_of(town, name) for name in VENDORS}


@pytest.fixture(params=VENDORS)
def model(request: pytest.FixtureRequest, models: dict[str, Model]) -> Model:
    return models[request.param]


async def streamed(completions: Completions, key: str) -> tuple[list[str], Completion]:
    pieces, whole = [], None
    async for part in completions.stream(QUESTION, tokens_max=200, key=key):
        if isinstance(part, TextPiece):
            pieces.append(part.text)
        else:
            whole = part
    assert whole is not None
    return pieces, whole


async def test_an_answer_is_whole_and_says_what_it_cost(model: Model) -> None:
    answer = await model.completions.complete(QUESTION, tokens_max=200, key="whole")
    assert vendor_of(answer.id) == model.name
    assert (answer.ending, bool(answer.text), bool(answer.model)) == (CompletionEnd.COMPLETE, True, True)
    assert answer.usage.asked > 0
    assert answer.usage.answered > 0


async def test_an_answer_comes_in_pieces_and_the_last_part_is_all_of_it(model: Model) -> None:
    pieces, whole = await streamed(model.completions, "stream")
    assert len(pieces) > 1
    assert "".join(pieces) == whole.text
    assert (whole.ending, vendor_of(whole.id)) == (CompletionEnd.COMPLETE, model.name)
    assert whole.usage.asked > 0
    assert whole.usage.answered > 0


async def test_an_answer_that_would_be_too_long_is_cut(model: Model) -> None:
    answer = await model.completions.complete(QUESTION, tokens_max=2, key="cut")
    assert (answer.ending, answer.usage.answered) == (CompletionEnd.CUT, 2)


async def test_the_same_key_asks_once(model: Model) -> None:
    before = len(model.town.sent(model.name))
    first, second = [await model.completions.complete(QUESTION, tokens_max=200, key="once") for _ in range(2)]
    assert first == second
    assert len(model.town.sent(model.name)) == before + 1


async def test_a_question_that_is_none_is_rejected(model: Model) -> None:
    with pytest.raises(Rejected):
        await model.completions.complete((), tokens_max=200, key="empty")
    with pytest.raises(Rejected):
        await model.completions.complete(QUESTION, tokens_max=0, key="short")


async def test_a_refusal_for_the_rate_is_said_so_streamed_or_not(model: Model) -> None:
    model.town.fails(model.name, kind="throttle", retry_after=PAUSE)
    try:
        with pytest.raises(RateLimited):
            await model.hurried.complete(QUESTION, tokens_max=200, key="fast")
        with pytest.raises(RateLimited):
            await streamed(model.hurried, "fast-stream")
    finally:
        model.town.works(model.name)


async def test_a_stream_that_breaks_off_is_in_doubt_and_no_answer(model: Model) -> None:
    model.town.fails(model.name, kind="truncate")
    try:
        with pytest.raises(OutcomeUnknown):
            await streamed(model.completions, "broken")
    finally:
        model.town.works(model.name)
