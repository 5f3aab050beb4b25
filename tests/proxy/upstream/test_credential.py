"""Tests of tidegate.proxy.upstream.credential."""

import base64
from pathlib import Path

import pytest
from multidict import CIMultiDict

from tidegate.configfile.units import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.upstream.credential import APP_CREDENTIALS, Credential, resolve
from tidegate.vendor.vendor import Auth

KEY = "sk_test_4eC39HqLyjWD"
REF = SecretRef("env", "VENDOR_KEY")


def credential(scheme: str = "bearer", header: str = "Authorization", secret: str = KEY) -> Credential:
    auth = Auth.model_validate({"scheme": scheme, "header": header, "secret": "env:VENDOR_KEY"})
    return Credential.load(auth, {"VENDOR_KEY": secret})


@pytest.mark.parametrize(
    ("scheme", "header", "secret", "value"),
    [
        ("bearer", "Authorization", KEY, f"Bearer {KEY}"),
        ("basic", "Authorization", KEY, "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()),
        ("basic", "Authorization", "AC1:tok", "Basic " + base64.b64encode(b"AC1:tok").decode()),
        ("header", "X-Shop-Token", KEY, KEY),
    ],
)
def test_a_secret_is_sent_as_the_vendor_wants_it(scheme: str, header: str, secret: str, value: str) -> None:
    headers = CIMultiDict({"Accept": "*/*"})
    found = credential(scheme, header, secret)
    found.apply(headers)
    assert headers == CIMultiDict({"Accept": "*/*", header: value})
    assert found.line == f"{header}: {value}\r\n".encode()


def test_every_credential_of_the_app_is_taken_out() -> None:
    sent = [(name, f"app's {number}") for name in (*APP_CREDENTIALS, "x-shop-token") for number in range(2)]
    headers = CIMultiDict([*sent, ("Idempotency-Key", "k")])
    found = credential("header", "X-Shop-Token")
    found.apply(headers)
    assert headers == CIMultiDict([("Idempotency-Key", "k"), ("X-Shop-Token", KEY)])
    assert found.strip == {name.lower().encode() for name, _ in sent}


def test_the_secret_can_be_taken_from_somewhere_else() -> None:
    auth = Auth.model_validate({"scheme": "bearer", "secret": "env:VENDOR_KEY"})
    assert Credential.load(auth, {"OTHER": "x"}, SecretRef("env", "OTHER")).line == b"Authorization: Bearer x\r\n"


def test_a_file_gives_its_one_line(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\r\n")
    assert resolve(SecretRef("file", str(tmp_path / "key")), {}).reveal() == KEY


@pytest.mark.parametrize(
    ("ref", "content", "why"),
    [
        (REF, None, "VENDOR_KEY is not set"),
        (SecretRef("file", "key"), None, "No such file"),
        (SecretRef("file", "key"), b"", "is empty"),
        (SecretRef("file", "key"), b"\xff\xfe", "is not text"),
        (SecretRef("file", "key"), b"canary\nX-Injected: 1", "line break"),
        (SecretRef("file", "key"), "canary\u00e9".encode(), "cannot stand in a header"),
    ],
)
def test_what_cannot_be_a_secret_is_refused_by_its_reference_alone(
    ref: SecretRef, content: bytes | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("key").write_bytes(content)
    with pytest.raises(UsageError) as refused:
        resolve(ref, {})
    assert str(refused.value).startswith(f"{ref}: ")
    assert why in str(refused.value)
    assert "canary" not in str(refused.value)


def test_no_repr_shows_the_secret() -> None:
    found = credential()
    assert KEY not in repr(found) + repr(found.secret) + repr(found.header_value) + f"{found}"
