"""The official `twilio` SDK, unmodified: it has no option for its address, so the attribute is set."""

from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.acceptance.documents import Shared, vendor_and_proxy
from tests.acceptance.programs import ACCOUNT, House, eventually

pytestmark = pytest.mark.slow

shared = vendor_and_proxy("twilio", "twilio/twilio_api_v2010.json")


@pytest.fixture
def sdk(shared: Shared) -> Client:
    made = Client(ACCOUNT, "token_of_the_app")
    made.api.base_url = f"{shared[1].gateway}/twilio"
    return made


def test_a_message_is_sent_read_and_delivered(sdk: Client) -> None:
    made = sdk.messages.create(to="+15005550010", from_="+15005550006", body="Hello")
    assert (made.status, made.body, made.to) == ("queued", "Hello", "+15005550010")
    assert made.sid is not None
    assert made.sid.startswith("SM")
    assert made.account_sid == ACCOUNT
    found = sdk.messages(made.sid).fetch()
    assert (found.sid, found.body) == (made.sid, "Hello")
    assert eventually(lambda: sdk.messages(str(made.sid)).fetch().status == "delivered", "it is delivered")


def test_messages_are_listed_by_whom_they_are_to_and_from(sdk: Client) -> None:
    made = [
        sdk.messages.create(to=to, from_="+15005550006", body="Hello").sid for to in ("+15005550020", "+15005550021")
    ]
    assert [message.sid for message in sdk.messages.list(to="+15005550021")] == [made[1]]
    assert sdk.messages.list(to="+15005550021", from_="+15005550007") == []


def test_a_messages_text_is_taken_away_and_then_the_message(sdk: Client) -> None:
    made = sdk.messages.create(to="+15005550010", from_="+15005550006", body="Secret")
    sid = str(made.sid)
    assert sdk.messages(sid).update(body="").body in ("", None)
    assert sdk.messages(sid).delete() is True
    with pytest.raises(TwilioRestException) as error:
        sdk.messages(sid).fetch()
    assert (error.value.status, error.value.code) == (404, 20404)
    assert sid in error.value.msg


def test_a_queue_is_made_changed_and_deleted(sdk: Client) -> None:
    made = sdk.queues.create(friendly_name="support", max_size=5)
    assert (made.friendly_name, made.max_size) == ("support", 5)
    assert sdk.queues(made.sid).update(friendly_name="sales").friendly_name == "sales"
    assert sdk.queues(made.sid).fetch().friendly_name == "sales"
    sdk.queues(made.sid).delete()
    with pytest.raises(TwilioRestException):
        sdk.queues(made.sid).fetch()


def test_pages_are_followed_to_their_end(shared: Shared, sdk: Client) -> None:
    for queue in sdk.queues.list():
        sdk.queues(queue.sid).delete()
    made = {sdk.queues.create(friendly_name=f"line {number}").sid for number in range(7)}
    before = len(shared[0].vendor.journal())
    assert {queue.sid for queue in sdk.queues.stream(page_size=3)} == made
    assert len(shared[0].vendor.journal()) - before >= 3


def test_a_missing_parameter_is_the_sdks_exception(sdk: Client) -> None:
    with pytest.raises(TwilioRestException) as error:
        sdk.messages.create(from_="+15005550006", body="To whom?", to="")
    assert (error.value.status, error.value.code) == (400, 20001)


def test_another_account_is_not_this_one(shared: Shared) -> None:
    other = Client("AC" + "f" * 32, "token")
    other.api.base_url = shared[0].vendor.url
    with pytest.raises(TwilioRestException) as error:
        other.messages.create(to="+1", from_="+2", body="x")
    assert (error.value.status, error.value.code) == (401, 20003)


def test_a_refusal_for_the_rate_is_the_sdks_exception(tmp_path: Path) -> None:
    with House(tmp_path, "twilio") as house:
        sdk = Client(ACCOUNT, "token_of_the_app")
        sdk.api.base_url = f"{house.serve().gateway}/twilio"
        house.vendor.fails(kind="throttle", first_n=10)
        with pytest.raises(TwilioRestException) as error:
            sdk.messages.create(to="+15005550010", from_="+15005550006", body="Hello")
        assert (error.value.status, error.value.code) == (429, 20429)
