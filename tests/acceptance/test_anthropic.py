"""Anthropic's messages in plain HTTP through the proxy to the simulator: whole, as named events, and refused."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import asking
from tests.acceptance.programs import KEY, House, Proxy

pytestmark = pytest.mark.slow

Shared = tuple[House, Proxy]
ASKED: dict[str, Any] = {
    "model": "claude-test",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "one two three"}],
}
KINDS = ["message_start", "content_block_start", "ping", *["content_block_delta"] * 5, "content_block_stop",
         "message_delta", "message_stop"]  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with House(tmp_path_factory.mktemp("house"), "anthropic") as house:
        yield house, house.serve()


def ask(shared: Shared, path: str, body: object = None) -> tuple[int, dict[str, str], bytes]:
    method = "GET" if body is None else "POST"
    return asking.ask(shared[1], method, f"/anthropic{path}", body, **{"x-api-key": "key_of_the_app"})


def events(body: bytes) -> list[tuple[str, Any]]:
    """Names and data of an event stream (HTML standard, 9.2.6)."""
    found = []
    for block in body.decode().strip().split("\n\n"):
        name, data = block.split("\n")
        assert name.startswith("event: ")
        assert data.startswith("data: ")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_a_message_is_answered_whole_with_its_usage(shared: Shared) -> None:
    status, headers, body = ask(shared, "/v1/messages", ASKED)
    message = json.loads(body)
    assert status == 200
    assert message["content"] == [{"type": "text", "text": "You said: one two three"}]
    assert (message["stop_reason"], message["usage"]["input_tokens"], message["usage"]["output_tokens"]) == (
        "end_turn", 3, 5
    )  # fmt: skip
    assert message["id"].startswith("msg_")
    assert headers["request-id"].startswith("req_")


@pytest.mark.parametrize("through", ["proxy", "simulator"])
def test_the_key_may_come_as_a_bearer_token_as_newer_sdks_send_it(shared: Shared, through: str) -> None:
    base = f"{shared[1].gateway}/anthropic" if through == "proxy" else shared[0].vendor.url
    request = urllib.request.Request(f"{base}/v1/models", headers={"anthropic-version": "2023-06-01"})
    request.add_header("Authorization", f"Bearer {KEY}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert "data" in json.load(answer)
    request.add_header("Authorization", "")
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(request, timeout=30)
    refused.value.close()


def test_a_message_comes_in_named_events_with_its_usage(shared: Shared) -> None:
    status, headers, body = ask(shared, "/v1/messages", {**ASKED, "stream": True})
    told = events(body)
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
    assert [name for name, _ in told] == KINDS
    assert all(name == data["type"] for name, data in told)
    start = told[0][1]["message"]
    assert (start["content"], start["stop_reason"], start["usage"]) == (
        [],
        None,
        {"input_tokens": 3, "output_tokens": 1},
    )
    assert "".join(data["delta"]["text"] for name, data in told if name == "content_block_delta") == (
        "You said: one two three"
    )
    assert told[-2][1] == {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 5},
    }


def test_the_most_tokens_cut_a_message(shared: Shared) -> None:
    told = events(ask(shared, "/v1/messages", {**ASKED, "stream": True, "max_tokens": 3})[2])
    assert told[-2][1]["delta"]["stop_reason"] == "max_tokens"
    assert told[-2][1]["usage"] == {"output_tokens": 3}


def test_tokens_are_counted_and_models_listed(shared: Shared) -> None:
    counted = {name: ASKED[name] for name in ("model", "messages")}
    assert json.loads(ask(shared, "/v1/messages/count_tokens", counted)[2])["input_tokens"] == 3
    assert json.loads(ask(shared, "/v1/models")[2])["has_more"] is False
    assert json.loads(ask(shared, "/v1/models/claude-test")[2])["id"] == "claude-test"


def test_a_text_is_json_where_the_request_gives_its_schema(shared: Shared) -> None:
    pet = {
        "type": "object",
        "properties": {"age": {"type": "integer"}},
        "required": ["age"],
        "additionalProperties": False,
    }
    asked = {**ASKED, "output_config": {"format": {"type": "json_schema", "schema": pet}}}
    [block] = json.loads(ask(shared, "/v1/messages", asked)[2])["content"]
    assert isinstance(json.loads(block["text"])["age"], int)


def test_a_tool_is_called_where_the_request_demands_it(shared: Shared) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    asked = {**ASKED, "tools": [{"name": "weather", "input_schema": schema}], "tool_choice": {"type": "any"}}
    message = json.loads(ask(shared, "/v1/messages", asked)[2])
    [block] = message["content"]
    assert (message["stop_reason"], block.keys(), block["input"].keys()) == (
        "tool_use", {"type", "id", "name", "input"}, {"city"}
    )  # fmt: skip
    told = [data for _, data in events(ask(shared, "/v1/messages", {**asked, "stream": True})[2])]
    pieces = [data["delta"]["partial_json"] for data in told if data["type"] == "content_block_delta"]
    assert json.loads("".join(pieces)).keys() == {"city"}


def test_a_bad_request_is_the_vendors_error(shared: Shared) -> None:
    status, _, body = ask(shared, "/v1/messages", {"model": "claude-test", "messages": ASKED["messages"]})
    told = json.loads(body)
    assert (status, told["type"], told["error"]["type"]) == (400, "error", "invalid_request_error")
    assert "max_tokens" in told["error"]["message"]


def test_the_limits_count_down_in_the_headers(shared: Shared) -> None:
    headers = ask(shared, "/v1/messages", ASKED)[1]
    assert int(headers["anthropic-ratelimit-tokens-limit"]) == 90000
    assert int(headers["anthropic-ratelimit-tokens-remaining"]) < 90000  # 1,500 come back each second: not two calls
    assert headers["anthropic-ratelimit-requests-reset"].endswith("Z")


def test_a_refusal_for_the_rate_is_the_vendors(tmp_path: Path) -> None:
    with House(tmp_path, "anthropic") as house:
        proxy = house.serve()
        house.vendor.fails(kind="throttle", first_n=10)
        status, _, body = ask((house, proxy), "/v1/messages", ASKED)
    assert (status, json.loads(body)["error"]["type"]) == (429, "rate_limit_error")


def test_a_stream_that_breaks_off_has_no_end(tmp_path: Path) -> None:
    with House(tmp_path, "anthropic") as house:
        proxy = house.serve()
        house.vendor.fails(kind="truncate", share="50%", first_n=1)
        with pytest.raises(http.client.IncompleteRead):
            ask((house, proxy), "/v1/messages", {**ASKED, "stream": True})
