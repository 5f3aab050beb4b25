"""The signed text is put together as the vendor's page says, in each form that the vendor may have meant."""

import pytest

from tests.proxy.policies.webhooks.signed import recipe
from tidegate.proxy.policies.webhooks.signed_text import body_digest_of, signed_texts, sorted_form, url_forms
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw


def texts(name: str, webhook: InboundWebhook, **values: bytes) -> list[bytes] | WebhookFlaw:
    made = signed_texts(recipe(name), webhook, values)
    return made if isinstance(made, WebhookFlaw) else [b"".join(text) for text in made]


def test_places_are_filled_in() -> None:
    webhook = InboundWebhook((), b"{}", "https://a.example/x")
    assert texts("standard", webhook, id=b"m", ts=b"1") == [b"m.1.{}"]
    assert texts("slack", webhook, ts=b"1") == [b"v0:1:{}"]
    assert texts("square", webhook) == [b"https://a.example/x{}"]
    assert texts("hubspot", webhook, ts=b"1") == [b"POSThttps://a.example/x{}1"]


def test_a_value_that_holds_what_ends_it_is_refused() -> None:
    webhook = InboundWebhook((), b"{}")
    assert texts("standard", webhook, id=b"m.1", ts=b"1") is WebhookFlaw.MALFORMED_HEADER


@pytest.mark.parametrize(
    ("url", "forms"),
    [
        (b"https://a.example/x?q=1:2", [b"https://a.example/x?q=1:2", b"https://a.example:443/x?q=1:2"]),
        (b"http://a.example", [b"http://a.example", b"http://a.example:80"]),
        (b"https://a.example:8443/x", [b"https://a.example:8443/x", b"https://a.example/x"]),
        (b"HTTPS://[::1]:8443?x", [b"HTTPS://[::1]:8443?x", b"HTTPS://[::1]?x"]),
        (b"https://[::1]/x", [b"https://[::1]/x", b"https://[::1]:443/x"]),
        (b"/x", [b"/x"]),
        (b"", [b""]),
        (b"https://a:b:c/", [b"https://a:b:c/"]),
    ],
)
def test_an_address_is_tried_with_and_without_its_port(url: bytes, forms: list[bytes]) -> None:
    assert url_forms(url) == forms


def test_letters_of_an_address_stay_as_they_came() -> None:
    # twilio-node 5.0.4 wrote %27 for an apostrophe, and refused what Twilio had signed.
    url = "https://a.example/x?name=O'Neil&sp=a+b%20c&u=%C3%A9"
    forms = texts("twilio", InboundWebhook((), b"", url))
    assert isinstance(forms, list)
    assert forms[0] == url.encode()


def test_a_form_is_sorted_by_name_and_value_each_pair_once() -> None:
    assert sorted_form(b"b=2&a=x&b=1&b=2&c=") == b"axb1b2c"
    assert sorted_form(b"ReasonConferenceEnded=1&Reason=2") == b"Reason2ReasonConferenceEnded1"
    assert sorted_form(b"a=%2B1+2") == b"a+1 2"
    assert sorted_form(b"") == b""


def test_a_semicolon_separates_no_fields() -> None:
    assert sorted_form(b"a=1;b=2") == b"a1;b=2"


def test_the_bodys_digest_is_read_from_the_query_alone() -> None:
    twilio = recipe("twilio")
    assert body_digest_of(twilio, b"https://a.example/x?a=1&bodySHA256=ab&b") == b"ab"
    assert body_digest_of(twilio, b"https://a.example/bodySHA256=ab") is None
    assert body_digest_of(twilio, b"https://a.example/?x#&bodySHA256=ab") is None
    assert body_digest_of(twilio, b"https://a.example/?bodySHA256") is None
    assert body_digest_of(recipe("github"), b"https://a.example/?bodySHA256=ab") is None
