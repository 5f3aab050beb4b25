"""The key is read from bearer and basic, and only the right one passes."""

from base64 import b64encode

import pytest

from tidegate.simulator.credentials import identify
from tidegate.simulator.errors import VendorError


def basic(user: str, password: str = "") -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("header", ["Bearer sk_1", "bearer sk_1", basic("sk_1"), basic("sk_1", "ignored")])
def test_the_right_key_passes_however_it_is_sent(header: str) -> None:
    assert identify(header, "sk_1") == "sk_1"


def test_without_a_known_secret_any_key_passes() -> None:
    assert identify("Bearer anything", None) == "anything"


@pytest.mark.parametrize("header", ["", "Bearer ", "Basic ", "Basic !!!", "Basic /w==", "Digest x", basic("")])
def test_no_key_is_refused(header: str) -> None:
    with pytest.raises(VendorError, match="did not provide") as refused:
        identify(header, None)
    assert refused.value.status == 401


@pytest.mark.parametrize("key", ["sk_2", "sk_1 ", "sk_11", "schlüssel"])
def test_a_wrong_key_is_refused(key: str) -> None:
    with pytest.raises(VendorError, match="Invalid API Key") as refused:
        identify(basic(key), "sk_1")
    assert refused.value.status == 401
