"""A signature scheme by the page: a block of the vendor file, and a class of the simulator that agrees with it."""

import hmac
from hashlib import sha256

import pytest
from ruamel.yaml import YAML

from tests.contributing.recipe import blocks
from tidegate.proxy.policies.webhooks.recipe import recipe_of
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, VerifiedWebhook
from tidegate.proxy.policies.webhooks.verification import verify
from tidegate.simulator.behaviour import signatures
from tidegate.simulator.behaviour.declared_signature import DeclaredSignature
from tidegate.simulator.behaviour.signatures import SCHEMES, SignatureScheme, WebhookMessage
from tidegate.vendor.signature_facts import SignatureGrammar
from tidegate.vendor.webhook_facts import WebhookFacts

MESSAGE = WebhookMessage("https://app.example/hooks", b'{"id": 1}', 1_700_000_000, "msg_1")


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> SignatureScheme:
    """The page's scheme, among the others while a test runs."""
    monkeypatch.setattr(signatures, "SCHEMES", dict(SCHEMES))
    (code,) = blocks("signature-scheme", "python")
    exec(compile(code, "signature-scheme.md", "exec"), {})
    return signatures.SCHEMES["acme"]


def declared() -> SignatureGrammar:
    """The page's block."""
    (block,) = blocks("signature-scheme", "yaml")
    return SignatureGrammar.model_validate(YAML(typ="safe").load(block))


def test_it_signs_time_and_body_with_the_secret(acme: SignatureScheme) -> None:
    mark = hmac.new(b"whsec_1", b'1700000000.{"id": 1}', sha256).hexdigest()
    assert acme.headers(MESSAGE, ("whsec_1",)) == {"Acme-Time": "1700000000", "Acme-Signature": mark}
    assert acme.headers(MESSAGE, ("other",))["Acme-Signature"] != mark


def test_the_body_stays_as_it_is(acme: SignatureScheme) -> None:
    assert acme.sealed(MESSAGE.body, ("whsec_1",)) == MESSAGE.body


@pytest.mark.usefixtures("acme")
def test_it_signs_what_a_vendor_file_of_its_name_sends() -> None:
    by_name = "acme"
    told = signatures.headers(by_name, MESSAGE, ("whsec_1",))  # type: ignore[arg-type]  # the page adds the name
    assert set(told) == {"Acme-Time", "Acme-Signature"}
    assert signatures.headers(by_name, MESSAGE, ()) == {}  # type: ignore[arg-type]  # as above


def test_block_and_class_are_the_same_scheme(acme: SignatureScheme) -> None:
    told = acme.headers(MESSAGE, ("whsec_1",))
    assert DeclaredSignature(declared()).headers(MESSAGE, ("whsec_1",)) == told
    recipe = recipe_of("acme", WebhookFacts(scheme=declared()))
    assert recipe is not None
    webhook = InboundWebhook([(name.encode(), value.encode()) for name, value in told.items()], MESSAGE.body)
    assert isinstance(verify(recipe, webhook, ["whsec_1"], MESSAGE.at), VerifiedWebhook)
    assert not isinstance(verify(recipe, webhook, ["other"], MESSAGE.at), VerifiedWebhook)
