"""Keys are what secrets stand for, and nothing else; a signature has one spelling."""

import pytest

from tests.proxy.policies.webhooks.signed import SECRET, recipe, secrets_of
from tidegate.proxy.policies.webhooks.signature_keys import key_of, keys_of, matching_secret, written_hmac
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw
from tidegate.simulator.behaviour.signatures import private_key


def test_stripes_secret_counts_as_it_is_written_and_standard_webhooks_is_decoded() -> None:
    assert key_of(recipe("stripe").grammar, SECRET) == SECRET.encode()
    decoded = key_of(recipe("standard").grammar, SECRET)
    assert isinstance(decoded, bytes)
    assert len(decoded) == 24
    assert key_of(recipe("standard").grammar, SECRET.removeprefix("whsec_") + "\n") == decoded


def test_base64_may_lack_its_padding() -> None:
    assert key_of(recipe("standard").grammar, "whsec_QUI=") == key_of(recipe("standard").grammar, "whsec_QUI") == b"AB"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("adyen", "no hex"),
        ("adyen", "abc"),
        ("standard", "whsec_*"),
        ("standard-v1a", "whpk_QUJD"),
        ("standard-v1a", SECRET),
        ("discord", "ab" * 31),
        ("github", "\ud800"),
        ("github", "\t\n "),
    ],
)
def test_a_secret_that_is_not_written_as_the_scheme_has_it_is_no_key(name: str, secret: str) -> None:
    assert key_of(recipe(name).grammar, secret) is None
    assert keys_of(recipe(name).grammar, [secret]) == []


def test_bytes_that_are_no_text_survive_the_environment() -> None:
    assert key_of(recipe("github").grammar, b"\xff\xfe".decode("utf-8", "surrogateescape")) == b"\xff\xfe"


def test_the_place_of_the_secret_is_told() -> None:
    grammar = recipe("github").grammar
    keys = keys_of(grammar, ["", "a", "b"])
    right = written_hmac(grammar, b"b", [b"te", b"xt"])
    assert matching_secret(grammar, keys, [b"text"], [b"00", right]) == 2
    assert matching_secret(grammar, keys, [b"text"], [right.upper()]) is WebhookFlaw.NO_MATCH
    assert matching_secret(grammar, keys, [b"text"], [right + b"0", b""]) is WebhookFlaw.NO_MATCH


def test_a_public_keys_signature_has_one_spelling() -> None:
    grammar = recipe("discord").grammar
    keys = keys_of(grammar, [secrets_of("discord")[1]])
    right = private_key("whsk_1").sign(b"text").hex().encode()
    assert matching_secret(grammar, keys, [b"te", b"xt"], [b"zz", b"\xff", right]) == 0
    for odd in (right.upper(), b" " + right, right[:2] + b" " + right[2:]):
        assert matching_secret(grammar, keys, [b"text"], [odd]) is WebhookFlaw.NO_MATCH
