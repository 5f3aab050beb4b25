"""Tests of tidegate.proxy.credentials.credential_provider."""

from typing import Any

import pytest

from tidegate.proxy.call.credential import Credential
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth

AUTH = Auth.model_validate({"scheme": "bearer", "secret": "env:VENDOR_KEY"})


def credential(secret: str) -> Credential:
    return Credential(AUTH, Secret(secret))


def test_who_listens_hears_of_a_credential_before_it_is_in_force() -> None:
    provider, heard = CredentialProvider(credential("first")), list[tuple[bytes, bytes]]()
    provider.listen(lambda new: heard.append((provider.current.line, new.line)))
    provider.wear(credential("second"))
    assert heard == [(b"Authorization: Bearer first\r\n", b"Authorization: Bearer second\r\n")]
    assert provider.current.secret.reveal() == "second"


@pytest.mark.asyncio
async def test_another_one_is_at_hand_only_where_it_was_changed_meanwhile() -> None:
    provider = CredentialProvider(credential("first"))
    old = provider.current
    assert not await provider.rejected(old, 401)
    provider.wear(credential("second"))
    assert await provider.rejected(old, 401)
    assert not await provider.rejected(provider.current, 401)


@pytest.mark.asyncio
async def test_a_call_gets_the_one_in_force() -> None:
    provider = CredentialProvider(credential("first"))
    call: Any = type("Asking", (), {"credential": None})()
    assert await provider.for_call(call) is None
    assert call.credential is provider.current
