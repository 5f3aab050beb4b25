"""What we push is signed as the specification says, with each secret."""

import pytest

from tests.proxy.policies.webhooks.signed import SECRET
from tidegate.proxy.policies.webhooks.standard_webhooks import SIGNING_SECRETS_MAX, sign, signing_keys

OTHER = "whsec_" + "QUJD" * 8


def test_the_specifications_example_is_signed_as_there() -> None:
    headers = sign(signing_keys([SECRET]), "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330.7)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_adds_a_signature_the_newest_first() -> None:
    both = sign(signing_keys([OTHER, SECRET]), "m", b"", 1.0)["webhook-signature"].split(" ")
    alone = [sign(signing_keys([secret]), "m", b"", 1.0)["webhook-signature"] for secret in (OTHER, SECRET)]
    assert both == alone


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_QUJD", "whsec_" + "QUJD" * 30, "whsec_*", "whsec_é"])
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="signing secret") as refused:
        signing_keys([secret])
    assert secret.removeprefix("whsec_") == "" or secret not in str(refused.value)


@pytest.mark.parametrize("count", [0, SIGNING_SECRETS_MAX + 1])
def test_the_number_of_secrets_is_bounded(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10 secrets"):
        signing_keys([SECRET] * count)


@pytest.mark.parametrize("name", ["", "a.b", "a\nb", " a", "é"])
def test_an_id_that_moves_a_border_or_breaks_a_header_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="full stop"):
        sign(signing_keys([SECRET]), name, b"", 1.0)


def test_keys_do_not_show() -> None:
    assert repr(signing_keys([SECRET])) == "SigningKeys(1)"
