"""The simulator's reading of a declared HMAC. That it agrees with the proxy's is tested beside the proxy's."""

from typing import Any

import pytest
from multidict import CIMultiDict

from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.request_signature import HmacCheck, Nonces, ReceivedForm
from tidegate.vendor.signing_facts import HmacSigning

WALL = 1_700_000_000.0


def check(headers: dict[str, str], secret: str | None = "s3cret", wall: float = WALL, **grammar: Any) -> str:
    facts = HmacSigning.model_validate({"text": "{timestamp}.{body}", "timestamp_header": "X-Time", **grammar})
    received = ReceivedForm("POST", "http", "/a?b=1", CIMultiDict(headers), b"body", wall)
    return HmacCheck(facts, secret).signer(received)


RIGHT = "067ca2b7916a15b29d55afb28498ad9dc9495a40829e9c2e4e20dd8ed42f04fa"


def test_a_signature_from_elsewhere_is_verified() -> None:
    """By `printf '1700000000.body' | openssl dgst -sha256 -hmac s3cret`."""
    assert check({"X-Time": "1700000000", "X-Signature": RIGHT}) == "signed"
    with pytest.raises(VendorError, match="not of this request"):
        check({"X-Time": "1700000001", "X-Signature": RIGHT})


def test_without_a_known_secret_any_signature_passes_but_none_does_not() -> None:
    assert check({"X-Signature": "any"}, None) == "signed"
    with pytest.raises(VendorError, match="not signed"):
        check({}, None)


@pytest.mark.parametrize("time", ["", "soon", "1699999000", "1700001000", "-1"])
def test_a_time_that_cannot_be_read_or_is_far_off_is_refused(time: str) -> None:
    with pytest.raises(VendorError, match="too far off"):
        check({"X-Time": time, "X-Signature": "x"})


def test_a_header_that_is_written_otherwise_is_refused() -> None:
    with pytest.raises(VendorError, match="not written as"):
        check({"X-Time": "1700000000", "X-Signature": "v2=x"}, value="v1={signature}")


def test_a_nonce_is_taken_once() -> None:
    nonces = Nonces()
    assert [nonces.is_new(nonce) for nonce in ("a", "b", "a")] == [True, True, False]
