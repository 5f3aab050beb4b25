"""Tests of tidegate.proxy.secrets.secret_wearer."""

from tidegate.proxy.audit.audited import AUDITED
from tidegate.proxy.reload.worn_secrets import WornSecrets
from tidegate.proxy.secrets.secret_wearer import SecretUse, SecretWearer


def test_a_proxys_secrets_are_worn_by_it() -> None:
    def checked_by_mypy(worn: WornSecrets) -> SecretWearer:
        return worn

    assert callable(checked_by_mypy)
    assert SecretUse() == SecretUse("", None)


def test_what_the_watch_records_are_kinds_of_rows() -> None:
    assert {f"secret.{what}" for what in ("rotated", "refused", "revoked", "fallback")} <= {*AUDITED}
