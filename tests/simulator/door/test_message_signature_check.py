"""The simulator's verification of message signatures, on what the library in the field signs and on what is hostile."""

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from multidict import CIMultiDict

from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.message_signature_check import MessageSignatureCheck
from tidegate.simulator.door.request_signature import ReceivedForm
from tidegate.vendor.signing_facts import MessageSigning

KEY = b"k" * 32
SECRET = base64.b64encode(KEY).decode()
WALL = 1_700_000_000.0
FACTS = MessageSigning(
    algorithm="hmac-sha256", key_id="k1", nonce=False, components=("@method", "@authority", "@query", "x-a")
)


@dataclass
class Message:
    """A request in the library's shape."""

    method: str
    url: str
    headers: CIMultiDict[str]


def signed() -> Message:
    message = Message("GET", "http://Things.example:80/a?b=1", CIMultiDict({"X-A": "one"}))
    keys = MappingKeyResolver(public_keys={}, private_keys={"k1": KEY})
    created = dt.datetime.fromtimestamp(WALL, dt.UTC)
    HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys).sign(
        message, key_id="k1", created=created, expires=created + dt.timedelta(seconds=60), label="sig1",
        covered_component_ids=("@method", "@authority", "@query", "x-a", "@scheme", "@request-target"),
    )  # fmt: skip
    return message


def signer(message: Message, secret: str | None = SECRET, **changes: Any) -> str:
    fields = {"method": "GET", "target": "/a?b=1", "body": b"", "wall": WALL, **changes}
    headers = CIMultiDict({"Host": "Things.example:80", **message.headers})
    return MessageSignatureCheck(FACTS, secret).signer(ReceivedForm(scheme="http", headers=headers, **fields))


def test_what_the_library_signs_is_good() -> None:
    assert signer(signed()) == "k1"


@pytest.mark.parametrize("changes", [{"method": "PUT"}, {"target": "/a?b=2"}])
def test_what_was_changed_is_not(changes: dict[str, Any]) -> None:
    with pytest.raises(VendorError, match="not of this request"):
        signer(signed(), **changes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Signature-Input", "sig1="),
        ("Signature-Input", "sig1=5"),
        ("Signature-Input", 'sig1=("@method"'),
        ("Signature-Input", 'other=("@method")'),
        ("Signature", "sig1=5"),
        ("Signature", "sig1=:AAAA:"),
        ("Signature", ":"),
        ("X-A", "two"),
        ("Host", "["),
        ("Host", "things.example:99999"),
    ],
)
def test_whatever_stands_there_it_is_refused_and_nothing_else_happens(name: str, value: str) -> None:
    message = signed()
    message.headers[name] = value
    with pytest.raises(VendorError):
        signer(message)


def test_a_header_that_is_covered_and_gone_is_refused() -> None:
    message = signed()
    del message.headers["X-A"]
    with pytest.raises(VendorError, match="not there"):
        signer(message)


def test_without_a_known_secret_any_signature_passes() -> None:
    message = signed()
    message.headers["Signature"] = "sig1=:AAAA:"
    assert signer(message, None) == "k1"
