"""A vendor's question is answered as its page says, and nobody's else; a webhook that we have is acknowledged."""

import hmac
import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.proxy.policies.webhooks.signed import SECRET, recipe, signed
from tidegate.proxy.policies.webhooks.challenge import WebhookAnswer, accepted_answer, challenge_answer
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, RefusedWebhook, WebhookFlaw

TEXT = (("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))
JSON = (("Content-Type", "application/json; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))

# docs.slack.dev/reference/events/url_verification
SLACK = {"when": {"/type": "url_verification"}, "pointer": "/challenge"}
# developers.facebook.com/docs/graph-api/webhooks/getting-started
META = {
    "method": "GET",
    "when": {"hub.mode": "subscribe"},
    "parameter": "hub.challenge",
    "token": {"parameter": "hub.verify_token", "secret": "env:META_TOKEN"},
    "signed": False,
}
# learn.microsoft.com/graph/change-notifications-delivery-webhooks
DISCORD = {"when": {"/type": "1"}, "pointer": "/type", "answer": {"type": 1}}
GRAPH = {"parameter": "validationToken", "signed": False}
# docs.x.com/x-api/webhooks/quickstart: the challenge-response check
X = {
    "method": "GET",
    "parameter": "crc_token",
    "signed": False,
    "answer": {"response_token": "sha256={hmac_base64}"},
}
# developers.zoom.us/docs/api/webhooks, "validate your webhook endpoint"
ZOOM = {
    "when": {"/event": "endpoint.url_validation"},
    "pointer": "/payload/plainToken",
    "answer": {"plainToken": "{challenge}", "encryptedToken": "{hmac_hex}"},
}
# developer.okta.com/docs/concepts/event-hooks, "one-time verification request"
OKTA = {
    "method": "GET",
    "header": "X-Okta-Verification-Challenge",
    "signed": False,
    "answer": {"verification": "{challenge}"},
}


def test_the_page_shows_the_questions_that_are_tried_here(root: Path) -> None:
    page = (root / "docs" / "webhooks.md").read_text(encoding="utf-8").partition("| Vendor | `challenge` |")[2]
    rows = dict(re.findall(r"^\| ([A-Z][\w ]*) \| `(\{.*\})` \|$", page, re.MULTILINE))
    tried = {
        "Slack": SLACK,
        "Meta": META,
        "Microsoft Graph": GRAPH,
        "X": X,
        "Zoom": ZOOM,
        "Okta": OKTA,
        "Discord": DISCORD,
    }
    assert {name: YAML(typ="safe").load(text) for name, text in rows.items()} == tried


def ask(
    challenge: dict[str, Any],
    url: str = "",
    body: object = None,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    *,
    token: str | None = None,
    secrets: tuple[str, ...] = (SECRET,),
    is_verified: bool = True,
) -> WebhookAnswer | RefusedWebhook | None:
    method = challenge.get("method", "POST")
    webhook = InboundWebhook(headers, json.dumps(body).encode(), url, method)
    return challenge_answer(recipe("slack", challenge=challenge), webhook, secrets, token, is_verified=is_verified)


def test_slacks_question_is_answered_once_it_is_known_to_be_slacks() -> None:
    body = {"type": "url_verification", "challenge": "3eZbrw1a"}
    assert ask(SLACK, body=body) == WebhookAnswer(200, TEXT, b"3eZbrw1a")
    assert ask(SLACK, body=body, is_verified=False) is None
    assert ask(SLACK, body={**body, "type": "event_callback"}) is None


def test_metas_question_is_answered_where_the_token_is_ours() -> None:
    url = "https://a.example/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meat%20y"
    assert ask(META, url, token="meat y", is_verified=False) == WebhookAnswer(200, TEXT, b"1158201444")
    for token in ("other", "", None):
        assert ask(META, url, token=token) == RefusedWebhook(WebhookFlaw.WRONG_TOKEN)
    assert ask(META, url.replace("hub.verify_token", "x"), token="meat y") == RefusedWebhook(WebhookFlaw.WRONG_TOKEN)
    assert ask(META, url.replace("subscribe", "other"), token="meat y") is None


def test_graphs_question_is_answered_in_its_own_letters_and_never_as_a_page() -> None:
    url = "https://a.example/?validationToken=Validation%3a+Testing+%3Cscript%3E"
    assert ask(GRAPH, url, is_verified=False) == WebhookAnswer(200, TEXT, b"Validation: Testing <script>")


def test_xs_and_zooms_questions_are_answered_with_an_hmac() -> None:
    digest = hmac.new(SECRET.encode(), b"MTIz", sha256).digest()
    told = ask(X, "https://a.example/?crc_token=MTIz&nonce=5", is_verified=False)
    assert told == WebhookAnswer(200, JSON, b'{"response_token":"sha256=%b"}' % b64encode(digest))
    told = ask(ZOOM, body={"event": "endpoint.url_validation", "payload": {"plainToken": "MTIz"}})
    assert isinstance(told, WebhookAnswer)
    assert json.loads(told.body) == {"plainToken": "MTIz", "encryptedToken": digest.hex()}


def test_oktas_question_stands_in_a_header() -> None:
    told = ask(OKTA, headers=((b"x-okta-verification-challenge", b"abc"),), is_verified=False)
    assert told == WebhookAnswer(200, JSON, b'{"verification":"abc"}')
    assert ask(OKTA, is_verified=False) is None


@pytest.mark.parametrize("text", ['{"id":1}', "a b", "v0:1:2", "%22"])
def test_nobody_has_a_body_signed_by_asking(text: str) -> None:
    # X signs bodies and answers with one secret, so an answer to any text would be a signature of any body.
    assert ask(X, f"https://a.example/?crc_token={text}") == RefusedWebhook(WebhookFlaw.MALFORMED_CHALLENGE)


@pytest.mark.parametrize("text", ["", "a" * 1025, "a%0Ab", "%C3%A9"])
def test_a_question_that_is_empty_long_or_no_plain_text_is_refused(text: str) -> None:
    told = ask(GRAPH, f"https://a.example/?validationToken={text}")
    assert told == RefusedWebhook(WebhookFlaw.MALFORMED_CHALLENGE)


def test_a_question_that_stands_twice_is_none() -> None:
    assert ask(GRAPH, "https://a.example/?validationToken=a&validationToken=b") is None
    assert ask(GRAPH, "https://a.example/?validationToken=%FF") is None
    assert ask(GRAPH, "https://a.example/?" + "a&" * 5000 + "validationToken=b") is None
    assert ask(GRAPH, "https://a.example/?" + "a" * 20_000 + "&validationToken=b") is None


def test_without_a_secret_there_is_no_hmac() -> None:
    assert ask(X, "https://a.example/?crc_token=a", secrets=("",)) == RefusedWebhook(WebhookFlaw.NO_SECRET)


def test_another_method_or_no_declaration_asks_nothing() -> None:
    webhook = InboundWebhook((), b"{}", "https://a.example/?crc_token=a", "POST")
    assert challenge_answer(recipe("slack", challenge=X), webhook, [SECRET], is_verified=True) is None
    assert challenge_answer(recipe("slack"), replace(webhook, method="GET"), [SECRET], is_verified=True) is None


def test_braces_in_a_question_are_no_places() -> None:
    assert ask(GRAPH, "https://a.example/?validationToken={hmac_hex}") == WebhookAnswer(200, TEXT, b"{hmac_hex}")


@pytest.mark.parametrize(
    ("accepted", "answer"),
    [
        ({"body": "[accepted]"}, WebhookAnswer(200, TEXT, b"[accepted]")),
        ({"status": 204}, WebhookAnswer(204)),
        (
            {"body": "<Response></Response>", "content_type": "text/xml"},
            WebhookAnswer(200, (("Content-Type", "text/xml; charset=utf-8"), TEXT[1]), b"<Response></Response>"),
        ),
    ],
)
def test_a_webhook_that_we_have_is_acknowledged_as_the_vendor_wants_it(
    accepted: dict[str, Any], answer: WebhookAnswer
) -> None:
    assert accepted_answer(recipe("adyen", accepted=accepted)) == answer


def test_a_question_may_be_told_by_a_number() -> None:
    # docs.discord.com/developers/interactions/overview, "setting up an endpoint": PING is type 1, and so is PONG
    case = signed("discord", b'{"type": 1}', challenge=DISCORD)
    answer = challenge_answer(case.recipe, case.webhook, [case.secret], is_verified=True)
    assert isinstance(answer, WebhookAnswer)
    assert answer.body == b'{"type":1}'
    other = signed("discord", b'{"type": 2}', challenge=DISCORD)
    assert challenge_answer(other.recipe, other.webhook, [other.secret], is_verified=True) is None
