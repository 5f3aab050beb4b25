"""Headers for a provider: plain ones on the command line, secrets by environment variables."""

import pytest

from tidegate.cli.contracts.sent_headers import sent_headers, sent_secrets
from tidegate.problems import UsageError


def test_headers_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", " sk_live_1 ")
    headers = sent_headers("THE_KEY", ["Stripe-Version: 2026-01-01"], ["X-Api-Key=THE_KEY"])
    assert headers == {
        "Stripe-Version": "2026-01-01",
        "X-Api-Key": "sk_live_1",
        "Authorization": "Bearer sk_live_1",
    }
    assert sent_headers(None, None, None) == {}


@pytest.mark.parametrize(
    ("plain", "secret", "says"),
    [
        (["no colon"], None, "looks like 'Accept-Language: en'"),
        (["bad name: x"], None, "looks like 'Accept-Language: en'"),
        (["Authorization: Bearer x"], None, "--header-env Authorization=VARIABLE"),
        (["X-Api-Key: x"], None, "--header-env X-Api-Key=VARIABLE"),
        (None, ["X-Api-Key"], "looks like X-Api-Key=VENDOR_KEY"),
        (None, ["X-Api-Key=NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_what_is_written_wrongly_is_refused(plain: list[str] | None, secret: list[str] | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        sent_headers(None, plain, secret)


def test_what_comes_from_the_environment_is_secret_and_a_plain_header_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_TOKEN", "sk_1")
    headers = sent_headers("VENDOR_TOKEN", ["Accept-Language: en"], None)
    assert sent_secrets(headers, ["Accept-Language: en"]) == ["Bearer sk_1", "sk_1"]
