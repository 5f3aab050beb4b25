"""Tests of tidegate.proxy.forward.certificate_authority: real files, real certificates, judged by OpenSSL too."""

import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tidegate.problems import UsageError
from tidegate.proxy.forward.certificate_authority import (
    CERTIFICATE_FILE,
    KEY_FILE,
    load_authority,
    make_authority,
)
from tidegate.world.world import RealWorld

NAMES = ["api.example", "*.wild.example", "127.0.0.1", "10.0.0.0/8"]
NOW = RealWorld().wall()
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("api.example", True),
        ("v1.api.example", True),
        ("a.b.wild.example", True),
        ("127.0.0.1", True),
        ("10.9.8.7", True),
        ("evil-api.example", False),
        ("example", False),
        ("192.168.0.1", False),
        ("::1", False),
    ],
)
def test_its_constraints_let_it_speak_for_its_hosts_alone_and_openssl_agrees(
    host: str, covered: bool, tmp_path: Path
) -> None:
    authority = make_authority(NAMES, NOW)
    assert authority.covers(host) is covered
    (tmp_path / "ca.pem").write_bytes(authority.certificate_pem)
    (tmp_path / "leaf.pem").write_bytes(authority.leaf(host, KEY, NOW, 3600.0))
    verified = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", tmp_path / "ca.pem", tmp_path / "leaf.pem"],
        capture_output=True,
        check=False,
    )
    assert (verified.returncode == 0) is covered, verified.stderr


def test_a_ca_for_addresses_alone_speaks_for_no_name(tmp_path: Path) -> None:
    authority = make_authority(["10.0.0.1"], NOW)
    (tmp_path / "ca.pem").write_bytes(authority.certificate_pem)
    (tmp_path / "leaf.pem").write_bytes(authority.leaf("evil.example", KEY, NOW, 3600.0))
    verified = subprocess.run(
        ["openssl", "verify", "-CAfile", tmp_path / "ca.pem", tmp_path / "leaf.pem"], capture_output=True, check=False
    )
    assert verified.returncode != 0


def test_a_leaf_lives_as_long_as_it_is_told_and_no_longer_than_its_ca() -> None:
    authority = make_authority(NAMES, NOW, days=1)
    short = x509.load_pem_x509_certificate(authority.leaf("api.example", KEY, NOW, 600.0))
    assert abs((short.not_valid_after_utc.timestamp() - NOW) - 600.0) < 2
    long = x509.load_pem_x509_certificate(authority.leaf("api.example", KEY, NOW, 9e6))
    assert long.not_valid_after_utc == authority.certificate.not_valid_after_utc


def test_the_key_is_its_owners_alone_and_what_was_written_is_read_again(tmp_path: Path) -> None:
    authority = make_authority(NAMES, NOW)
    authority.write(tmp_path / "ca")
    assert stat.S_IMODE((tmp_path / "ca" / KEY_FILE).stat().st_mode) == 0o600
    assert load_authority(tmp_path / "ca").certificate == authority.certificate
    assert "PRIVATE" not in repr(authority)


def test_a_sealed_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    make_authority(NAMES, NOW).write(tmp_path, b"right")
    assert b"ENCRYPTED" in (tmp_path / KEY_FILE).read_bytes()
    assert load_authority(tmp_path, b"right").covers("api.example")
    for passphrase in (b"wrong", None):
        with pytest.raises(UsageError, match=r"forward\.ca\.passphrase"):
            load_authority(tmp_path, passphrase)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda home: (home / KEY_FILE).unlink(), "tidegate ca init"),
        (lambda home: (home / CERTIFICATE_FILE).write_text("no"), "no certificate in PEM"),
        (lambda home: (home / KEY_FILE).write_text("no"), "cannot be read"),
        (lambda home: (home / KEY_FILE).chmod(0o644), "others can read this key"),
        (
            lambda home: (home / CERTIFICATE_FILE).write_bytes(
                make_authority(NAMES, NOW).certificate.public_bytes(Encoding.PEM)
            ),
            "not the key of",
        ),
    ],
)
def test_what_is_wrong_with_its_files_is_told_with_the_cure(spoil: object, why: str, tmp_path: Path) -> None:
    make_authority(NAMES, NOW).write(tmp_path)
    assert callable(spoil)
    spoil(tmp_path)
    with pytest.raises(UsageError, match=why):
        load_authority(tmp_path)
