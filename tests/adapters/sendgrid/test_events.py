"""SendGrid's webhooks."""

import json

import pytest

from tidegate.adapters.fields import FieldError
from tidegate.adapters.ports.messaging import InboundMessage, MessageStatus, Recipient, SentMessage
from tidegate.adapters.sendgrid.events import STATUSES, read

FORM = "multipart/form-data; boundary=xYzZY"


def mail(**fields: str) -> bytes:
    parts = [f'--xYzZY\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
    return "\r\n".join([*parts, "--xYzZY--", ""]).encode()


@pytest.mark.parametrize("word", [*STATUSES, "group_resubscribe"])
def test_each_event_of_a_post_is_told_with_the_id_that_was_given(word: str) -> None:
    body = json.dumps([{"event": word, "sg_message_id": "M1.a.b", "reason": "full"}] * 2).encode()
    event = SentMessage("sendgrid:M1", STATUSES.get(word, MessageStatus.UNKNOWN), word, "full")
    assert [*read(body, "application/json", "sendgrid")] == [event, event]


@pytest.mark.parametrize("own", [{}, {"sg_message_id": ""}, {"sg_message_id": None}])
def test_a_late_bounce_of_which_nobody_knows_the_mail_spoils_no_other_event(own: dict[str, object]) -> None:
    body = json.dumps([{"event": "bounce", **own}, {"event": "open", "sg_message_id": "M1"}]).encode()
    late, opened = (event for event in read(body, "", "sendgrid") if isinstance(event, SentMessage))
    assert (late.id, late.status, opened.id) == ("", MessageStatus.FAILED, "sendgrid:M1")


def test_a_mail_that_came_in_is_a_message() -> None:
    body = mail(
        headers="Subject: Hi\nMessage-ID: <1@example.com>", to="shop@example.com", subject="Hi",
        text="Grüße", **{"from": "Ada L <ada@example.com>"},
    )  # fmt: skip
    assert [*read(body, FORM, "sendgrid")] == [
        InboundMessage(
            "sendgrid:1@example.com",
            Recipient(email="ada@example.com", name="Ada L"),
            Recipient(email="shop@example.com"),
            "Grüße",
            "Hi",
        )
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", ""), (b"no JSON", ""), (b'[{"sg_message_id": "M1"}]', ""), (b"[7]", ""), (b"", FORM), (b"junk", FORM),
        (mail(text="nobody's"), FORM), (mail(**{f"f{n}": "" for n in range(300)}), FORM), (b"x", "multipart/form-data"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_an_error(body: bytes, content_type: str) -> None:
    with pytest.raises(FieldError):
        list(read(body, content_type, "sendgrid"))
