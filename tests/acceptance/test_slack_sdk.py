"""The official `slack_sdk`, unmodified, with its base address set to the proxy: errors come as 200 with `ok: false`."""

from itertools import count
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.acceptance.documents import Shared, in_seconds, vendor_and_proxy
from tests.acceptance.programs import House

pytestmark = pytest.mark.slow

shared = vendor_and_proxy("slack", "slack/slack_web_openapi_v2.json", in_seconds)
NUMBERS = count(1)


@pytest.fixture
def sdk(shared: Shared) -> WebClient:
    return WebClient("token_of_the_app", base_url=f"{shared[1].gateway}/slack/")


@pytest.fixture
def channel(sdk: WebClient) -> str:
    """A channel of the test's own."""
    return str(sdk.conversations_create(name=f"talk-{next(NUMBERS)}")["channel"]["id"])


def test_the_token_is_known(sdk: WebClient) -> None:
    assert sdk.auth_test()["ok"] is True


def test_a_channel_is_made_read_renamed_and_archived(sdk: WebClient, channel: str) -> None:
    assert sdk.conversations_info(channel=channel)["channel"]["id"] == channel
    sdk.conversations_rename(channel=channel, name="renamed")
    assert sdk.conversations_info(channel=channel)["channel"]["name"] == "renamed"
    assert sdk.conversations_archive(channel=channel)["ok"] is True
    assert sdk.conversations_info(channel=channel)["channel"]["is_archived"] is True


def test_a_message_is_posted_changed_and_deleted(sdk: WebClient, channel: str) -> None:
    posted = sdk.chat_postMessage(channel=channel, text="Hello")
    assert (posted["channel"], posted["message"]["text"]) == (channel, "Hello")
    changed = sdk.chat_update(channel=channel, ts=posted["ts"], text="Hello, world")
    assert changed["ts"] == posted["ts"]
    listed = sdk.conversations_history(channel=channel)["messages"]
    assert [(one["ts"], one["text"]) for one in listed] == [(posted["ts"], "Hello, world")]
    sdk.chat_delete(channel=channel, ts=posted["ts"])
    assert sdk.conversations_history(channel=channel)["messages"] == []
    with pytest.raises(SlackApiError) as error:
        sdk.chat_update(channel=channel, ts=posted["ts"], text="Still there?")
    assert error.value.response["error"] == "message_not_found"


def test_pages_are_followed_to_their_end(shared: Shared, sdk: WebClient) -> None:
    made = {sdk.conversations_create(name=f"page-{next(NUMBERS)}")["channel"]["id"] for _ in range(5)}
    found: list[str] = []
    for page in sdk.conversations_list(limit=2):
        found += [one["id"] for one in page["channels"]]
    assert made <= set(found)
    assert len(found) == len(set(found)), "no page comes twice"


def test_what_does_not_exist_is_the_sdks_error_in_a_200(sdk: WebClient) -> None:
    with pytest.raises(SlackApiError) as error:
        sdk.conversations_info(channel="C0NOBODY0")
    assert error.value.response.status_code == 200
    assert error.value.response["error"] == "channel_not_found"


def test_an_unknown_method_and_a_missing_parameter_are_its_errors_too(sdk: WebClient) -> None:
    with pytest.raises(SlackApiError) as error:
        sdk.api_call("frobs.create")
    assert error.value.response["error"] == "unknown_method"
    with pytest.raises(SlackApiError) as error:
        sdk.api_call("chat.postMessage", params={"text": "To whom?"})
    assert error.value.response["error"] == "no_channel"


def test_a_refusal_for_the_rate_says_how_long_to_wait(tmp_path: Path) -> None:
    with House(tmp_path, "slack") as house:
        sdk = WebClient("token_of_the_app", base_url=f"{house.serve().gateway}/slack/")
        channel = sdk.conversations_create(name="talk")["channel"]["id"]
        house.vendor.fails(kind="throttle", first_n=10)
        with pytest.raises(SlackApiError) as error:
            sdk.chat_postMessage(channel=channel, text="Hello")
        assert (error.value.response.status_code, error.value.response["error"]) == (429, "ratelimited")
        assert int(error.value.response.headers["Retry-After"]) == 30
