"""A placeholder is one app's, for one host."""

import pytest

from tidegate.proxy.secrecy.placeholder_grants import NO_GRANTS, PlaceholderGrant, PlaceholderGrants
from tidegate.redaction.secret import Secret

GRANTS = PlaceholderGrants(
    [PlaceholderGrant("partner-key", Secret("pk_live_1"), frozenset({"shop"}), frozenset({"api.partner.com"}))]
)


def test_the_app_that_it_is_granted_to_has_it_for_the_host_that_may_get_it() -> None:
    secret = GRANTS.secret("tg_partner-key", "shop", "api.partner.com")
    assert secret is not None
    assert secret.reveal() == "pk_live_1"
    assert GRANTS.secrets_for("api.partner.com") == [("partner-key", Secret("pk_live_1"))]


@pytest.mark.parametrize(
    ("placeholder", "app", "host"),
    [
        ("tg_partner-key", "desk", "api.partner.com"),
        ("tg_partner-key", "shop", "partner.com"),
        ("tg_partner-key", "shop", "api.partner.com.evil.example"),
        ("tg_other", "shop", "api.partner.com"),
        ("partner-key", "shop", "api.partner.com"),
    ],
)
def test_nobody_else_has_it(placeholder: str, app: str, host: str) -> None:
    assert GRANTS.secret(placeholder, app, host) is None
    assert NO_GRANTS.secret(placeholder, app, host) is None
    assert GRANTS.secrets_for("partner.com") == []
