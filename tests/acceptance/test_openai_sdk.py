"""The official `openai` SDK, unmodified, with its base address set to the proxy and nothing else."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.acceptance.programs import House, Proxy, eventually

Shared = tuple[House, Proxy]
SAID = "one two three four five six seven eight"
MESSAGES: Any = [{"role": "user", "content": SAID}]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A vendor and a proxy; who arms a fault drops it again."""
    with House(tmp_path_factory.mktemp("house"), "openai") as house:
        yield house, house.serve()


@pytest.fixture
def armed(shared: Shared) -> Iterator[House]:
    """The vendor, whose faults are dropped after the test."""
    yield shared[0]
    shared[0].vendor.works()


OPEN: list[openai.OpenAI] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Every client is closed after its test: the SDK leaves a connection that broke to the garbage collector."""
    yield
    while OPEN:
        OPEN.pop().close()


def client(proxy: Proxy) -> openai.OpenAI:
    OPEN.append(openai.OpenAI(api_key="sk_of_the_app", base_url=f"{proxy.gateway}/openai"))
    return OPEN[-1]


def asked(proxy: Proxy, **changes: Any) -> Any:
    return client(proxy).chat.completions.create(model="gpt-test", messages=MESSAGES, **changes)


def test_a_whole_answer_and_the_list_of_models(shared: Shared) -> None:
    answer = asked(shared[1])
    assert answer.choices[0].message.content == f"You said: {SAID}"
    assert answer.usage.completion_tokens == 10
    assert client(shared[1]).models.list().object == "list"


def test_a_stream_comes_piece_by_piece_and_whole(shared: Shared) -> None:
    chunks = list(asked(shared[1], stream=True, stream_options={"include_usage": True}))
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert "".join(words) == f"You said: {SAID}"
    assert len(words) == 10
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.total_tokens == 18


def test_a_piece_is_there_before_the_next_one_is_sent(shared: Shared, armed: House) -> None:
    armed.vendor.fails(kind="drip", every="400ms", first_n=1)
    stream = asked(shared[1], stream=True)
    assert next(iter(stream)).choices[0].delta.role == "assistant"
    entry = armed.vendor.journal()[-1]
    assert entry["operation"] == "createChatCompletion"
    stream.close()


def test_the_asynchronous_client_streams_too(shared: Shared) -> None:
    async def words() -> list[str]:
        base = f"{shared[1].gateway}/openai"
        async with openai.AsyncOpenAI(api_key="sk_of_the_app", base_url=base) as sdk:
            stream = await sdk.chat.completions.create(model="gpt-test", messages=MESSAGES, stream=True)
            return [chunk.choices[0].delta.content or "" async for chunk in stream]

    assert "".join(asyncio.run(words())) == f"You said: {SAID}"


TOOL: Any = {
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def test_a_tool_is_called_where_the_request_demands_it(shared: Shared) -> None:
    tools = {"tools": [{"type": "function", "function": TOOL}], "tool_choice": "required"}
    [choice] = asked(shared[1], **tools).choices
    [call] = choice.message.tool_calls
    assert (choice.finish_reason, call.function.name, list(json.loads(call.function.arguments))) == (
        "tool_calls", "weather", ["city"]
    )  # fmt: skip
    sdk: Any = client(shared[1])
    with sdk.chat.completions.stream(model="gpt-test", messages=MESSAGES, **tools) as stream:
        [streamed] = stream.get_final_completion().choices[0].message.tool_calls
    assert "city" in json.loads(streamed.function.arguments)


def test_a_response_calls_a_tool_and_hears_what_it_gave(shared: Shared) -> None:
    sdk: Any = client(shared[1])
    tools = {"tools": [{"type": "function", "strict": False, **TOOL}], "tool_choice": "required"}
    made = sdk.responses.create(model="gpt-test", input="Weather?", **tools)
    [call] = made.output
    assert (call.type, call.name) == ("function_call", "weather")
    assert sdk.responses.retrieve(made.id).output == made.output
    heard = [{"type": "function_call_output", "call_id": call.call_id, "output": "rain"}]
    assert sdk.responses.create(model="gpt-test", previous_response_id=made.id, input=heard).status == "completed"
    with sdk.responses.stream(model="gpt-test", input="Weather?", **tools) as stream:
        assert stream.get_final_response().output[0].name == "weather"


@pytest.mark.parametrize("share", ["10%", "50%", "99%"])
def test_a_stream_cut_in_the_middle_raises_in_the_client(shared: Shared, armed: House, share: str) -> None:
    before = len(armed.vendor.journal())
    armed.vendor.fails(kind="truncate", share=share, first_n=1)
    got = []
    with pytest.raises(openai.APIConnectionError):
        got += [chunk.choices[0].delta.content for chunk in asked(shared[1], stream=True)]
    assert len(got) < 12
    assert len(armed.vendor.journal()) == before + 1, "nothing is sent again after the first byte"

    def told() -> bool:
        return any(call.get("stop") == "broken off" and call["verdict"] == "failed" for call in shared[1].calls())

    assert eventually(told, "the log says that it broke")


def test_a_stream_that_the_client_leaves_is_stopped_at_the_vendor(shared: Shared, armed: House) -> None:
    armed.vendor.fails(kind="drip", every="300ms", first_n=1)
    stream = asked(shared[1], stream=True)
    next(iter(stream))
    stream.close()
    assert eventually(lambda: any(call.get("stop") == "app left" for call in shared[1].calls()), "it was stopped")


def test_our_own_refusal_is_the_sdks_error_and_is_not_repeated(tmp_path: Path) -> None:
    with House(tmp_path, "openai") as house:
        proxy = house.serve()
        house.vendor.fails(kind="reset_after")
        with pytest.raises(openai.APIStatusError) as error:
            asked(proxy)
        assert error.value.status_code == 504
        assert error.value.response.headers["Tidegate-Problem"] == "outcome-unknown"
        assert error.value.response.headers["x-should-retry"] == "false"
        assert len(house.vendor.journal()) == 1


def test_the_transports_documented_path_streams_and_breaks_alike(tmp_path: Path) -> None:
    with House(tmp_path, "openai") as house:
        proxy = house.serve(transport="session")
        words = [chunk.choices[0].delta.content or "" for chunk in asked(proxy, stream=True)]
        assert "".join(words) == f"You said: {SAID}"
        house.vendor.fails(kind="truncate", share="50%", first_n=1)
        with pytest.raises(openai.APIConnectionError):
            list(asked(proxy, stream=True))
        assert len(house.vendor.journal()) == 2
