"""Tests of tidegate.proxy.credentials.secret_reference."""

from pathlib import Path

import pytest

from tidegate.configfile.units import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.credentials.secret_reference import load_credential, resolve
from tidegate.vendor.vendor import Auth

KEY = "sk_test_4eC39HqLyjWD"
REF = SecretRef("env", "VENDOR_KEY")


def test_the_secret_can_be_taken_from_somewhere_else() -> None:
    auth = Auth.model_validate({"scheme": "bearer", "secret": "env:VENDOR_KEY"})
    assert load_credential(auth, {"OTHER": "x"}, SecretRef("env", "OTHER")).line == b"Authorization: Bearer x\r\n"


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
