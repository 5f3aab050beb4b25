"""A vendor gets the provider that its file asks for; a secret that does not fit is told before anything is served."""

from typing import Any

import pytest

from tests.proxy.credentials.test_client_assertion import KEYS
from tests.proxy.store.places import at
from tidegate.problems import UsageError
from tidegate.proxy.config import VendorUse
from tidegate.proxy.credentials.credential_pool import CredentialPool
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.credentials.provider_choice import ProviderChoice, is_text
from tidegate.proxy.credentials.token_provider import TokenProvider
from tidegate.proxy.wire.transport import Origin
from tidegate.vendor.vendor import Auth
from tidegate.world.world import RealWorld

ENVIRON = {"PLAIN": "sk_1", "PAIR": "AKID:key", "PEM": KEYS["ES256"], "REFRESH": "r0"}
ORIGIN = Origin("things.example", 80, None, private=False)
OAUTH: dict[str, Any] = {"oauth": {"token": "/token"}}
CLIENT: dict[str, Any] = {"grant": "client_credentials", "client_id": "shop"}


class Made:
    """The connections to a token endpoint: where they lead."""

    def __init__(self) -> None:
        self.origins: list[Origin] = []

    def __call__(self, world: Any, origin: Origin) -> Any:
        self.origins.append(origin)
        return self


def chosen(secret: str = "env:PLAIN", made: Made | None = None, **auth: Any) -> CredentialProvider:
    facts = Auth.model_validate({"scheme": "bearer", "secret": secret, **auth})
    tokens: Any = None
    choice = ProviderChoice(RealWorld(1), ENVIRON, tokens, at, made or Made())
    return choice.provider("things", facts, ORIGIN, "http://things.example/api")


def test_a_bearer_secret_needs_no_waiting() -> None:
    provider = chosen()
    assert not provider.waits
    assert provider.current.line == b"Authorization: Bearer sk_1\r\n"


def test_a_scheme_that_signs_stands_in_the_calls_way() -> None:
    assert chosen("env:PAIR", scheme="aws-sigv4", aws={"service": "s3", "region": "eu"}).waits
    assert chosen(scheme="query").waits


def test_tokens_are_asked_for_at_the_vendors_host_or_where_the_file_says() -> None:
    made = Made()
    provider = chosen(made=made, tokens=CLIENT, **OAUTH)
    assert isinstance(provider, TokenProvider)
    assert provider.waits
    chosen(made=made, tokens=CLIENT, oauth={"token": "/token", "server": "https://login.example:8443"})
    first, second = made.origins
    assert (first.host, first.port, first.tls) == ("things.example", 80, None)
    assert (second.host, second.port) == ("login.example", 8443)
    assert second.tls is not None


def test_before_the_first_token_the_secrets_that_get_it_are_hidden_already() -> None:
    tokens = {"grant": "refresh_token", "client_id": "shop", "refresh_token": "env:REFRESH"}
    assert {"sk_1", "r0"} <= {*chosen(tokens=tokens, **OAUTH).current.secrets}


def test_another_secret_or_first_token_is_another_identity() -> None:
    one, other = chosen(tokens=CLIENT, **OAUTH), chosen("env:PAIR", tokens=CLIENT, **OAUTH)
    assert one.current.identity != other.current.identity
    assert one.current.identity == chosen(tokens=CLIENT, **OAUTH).current.identity


def test_a_private_key_may_have_several_lines_and_another_secret_may_not() -> None:
    by_key = {**CLIENT, "client_auth": "private_key_jwt", "algorithm": "ES256"}
    by_assertion = chosen("env:PEM", tokens=by_key, **OAUTH)
    assert isinstance(by_assertion, TokenProvider)
    assert KEYS["ES256"].splitlines()[1] in by_assertion.current.secrets, "a log may tell the lines of a key one by one"
    with pytest.raises(UsageError, match="line break"):
        chosen("env:PEM")
    with pytest.raises(UsageError, match="not a private key"):
        chosen("env:PLAIN", tokens=by_key, **OAUTH)


@pytest.mark.parametrize(
    ("auth", "text"),
    [
        ({}, False),
        ({"scheme": "message-signature", "message_signature": {"algorithm": "ed25519", "key_id": "k"}}, True),
        ({"scheme": "message-signature", "message_signature": {"algorithm": "hmac-sha256", "key_id": "k"}}, False),
        ({**OAUTH, "tokens": {**CLIENT, "client_auth": "private_key_jwt"}}, True),
    ],
)
def test_which_secrets_are_texts(auth: dict[str, Any], text: bool) -> None:
    assert is_text(Auth.model_validate({"scheme": "bearer", "secret": "env:X", **auth})) is text


def pool(auth: dict[str, Any], **use: Any) -> dict[str, str]:
    facts = Auth.model_validate({"scheme": "bearer", "secret": "env:PLAIN", **auth})
    tokens: Any = None
    choice = ProviderChoice(RealWorld(1), ENVIRON | {"SAME": "sk_1", "OTHER": "sk_2"}, tokens, at, Made())
    made = choice.provider("things", facts, ORIGIN, "http://things.example/api", VendorUse.model_validate(use))
    assert isinstance(made, CredentialPool) is (made.current.name != "")
    return {one.name: one.secret.reveal() for one in made.credentials}


POOL = {"secrets": {"a": "env:PLAIN", "b": "env:OTHER"}}


@pytest.mark.parametrize(
    ("auth", "use", "found"),
    [
        ({}, {"secret": "env:OTHER"}, {"": "sk_2"}),
        (POOL, {}, {"a": "sk_1", "b": "sk_2"}),
        (POOL, {"secret": "env:OTHER"}, {"": "sk_2"}),
        ({}, POOL, {"a": "sk_1", "b": "sk_2"}),
        (POOL, {"secrets": {"c": "env:OTHER"}}, {"c": "sk_2"}),
    ],
)
def test_what_tidegate_yaml_names_takes_the_place_of_what_the_file_names(
    auth: dict[str, Any], use: dict[str, Any], found: dict[str, str]
) -> None:
    assert pool(auth, **use) == found


def test_one_key_under_two_names_is_refused_because_its_limits_would_count_twice() -> None:
    with pytest.raises(UsageError, match=r"secrets\.b: env:SAME is the same as a") as caught:
        pool({"secrets": {"a": "env:PLAIN", "b": "env:SAME"}})
    assert "sk_1" not in str(caught.value)
