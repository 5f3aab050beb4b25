"""Tidegate's own CA: made once by `tidegate ca init`, it signs a certificate for each host that is opened.

Its key can do little harm: name constraints (RFC 5280 §4.2.1.10) let it speak for the hosts that it was made for, and
for no other, however it is used, and it may be sealed with a passphrase. It knows nothing of connections.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tidegate.problems import UsageError

CERTIFICATE_FILE, KEY_FILE = "ca.pem", "ca.key"
LIFE_DAYS = 825
"""Days that a new CA is good for."""
BACKDATED_S = 3600.0
"""A certificate is good from so long before it is made: the clocks of apps may be behind."""

_NO_ADDRESSES = ("0.0.0.0/0", "::/0")

Name = x509.DNSName | x509.IPAddress


@dataclass(frozen=True, slots=True)
class CertificateAuthority:
    """The CA: its certificate and its key. Its repr shows no key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"CertificateAuthority({self.certificate.subject.rfc4514_string()})"

    @property
    def certificate_pem(self) -> bytes:
        """The certificate, as apps trust it."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex, as other programs show it."""
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def names(self) -> tuple[str, ...]:
        """The hosts that it may speak for: each name with all below it, and networks."""
        return tuple(str(name.value) for name in _permitted(self.certificate))

    def covers(self, host: str) -> bool:
        """True where its constraints let it speak for a host. A name covers every name below it (RFC 5280)."""
        try:
            address = ip_address(host)
        except ValueError:
            names = [name.value for name in _permitted(self.certificate) if isinstance(name, x509.DNSName)]
            return any(host == name or host.endswith(f".{name}") for name in names)
        networks = [name.value for name in _permitted(self.certificate) if isinstance(name, x509.IPAddress)]
        return any(isinstance(net, IPv4Network | IPv6Network) and address in net for net in networks)

    def good_at(self, now: float) -> bool:
        """True while it is neither too new nor too old, at `now` (since 1970)."""
        moment = datetime.fromtimestamp(now, UTC)
        return self.certificate.not_valid_before_utc <= moment < self.certificate.not_valid_after_utc

    def leaf(self, host: str, key: ec.EllipticCurvePrivateKey, now: float, life_s: float) -> bytes:
        """A certificate for one host, in PEM, good for `life_s` seconds from `now` (since 1970)."""
        authority = self.certificate
        begins = datetime.fromtimestamp(now - BACKDATED_S, UTC)
        ends = min(datetime.fromtimestamp(now + life_s, UTC), authority.not_valid_after_utc)
        key_id = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        issued = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(max(begins, authority.not_valid_before_utc))
            .not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([_name(host)]), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False)
            .sign(self.key, SHA256())
        )
        return issued.public_bytes(Encoding.PEM)

    def write(self, folder: Path, passphrase: bytes | None = None) -> None:
        """Write both files, the key readable by its owner alone and sealed where there is a passphrase.

        Raises OSError.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sealing: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing)
        _replace(folder / KEY_FILE, pem, 0o600)
        _replace(folder / CERTIFICATE_FILE, self.certificate_pem, 0o644)


def make_authority(names: Iterable[str], now: float, days: int = LIFE_DAYS) -> CertificateAuthority:
    """A new CA for these hosts (names, addresses, networks), good for so many days from `now` (since 1970)."""
    key = ec.generate_private_key(ec.SECP256R1())
    begins = datetime.fromtimestamp(now, UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Tidegate CA {begins:%Y-%m-%d}")])
    permitted = list(dict.fromkeys(_constraint(name) for name in names))
    addresses = [name.value for name in permitted if isinstance(name, x509.IPAddress)]
    excluded = [
        x509.IPAddress(whole)
        for whole in map(ip_network, _NO_ADDRESSES)
        if not any(isinstance(net, type(whole)) for net in addresses)
    ]
    if not any(isinstance(name, x509.DNSName) for name in permitted):
        permitted.append(x509.DNSName("invalid"))  # without any, every name would be permitted (RFC 6761 §6.4)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - timedelta(seconds=BACKDATED_S))
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.NameConstraints(permitted, excluded or None), critical=True)
        .sign(key, SHA256())
    )
    return CertificateAuthority(certificate, key)


def load_authority(folder: Path, passphrase: bytes | None = None) -> CertificateAuthority:
    """The CA of a folder. Raises UsageError where it is not there, cannot be read, or others can read its key."""
    certificate_file, key_file = folder / CERTIFICATE_FILE, folder / KEY_FILE
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        sealed, mode = key_file.read_bytes(), key_file.stat().st_mode
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}; `tidegate ca init` makes a CA") from None
    except ValueError:
        raise UsageError(f"{certificate_file}: this is no certificate in PEM") from None
    if mode & 0o077 and passphrase is None:
        raise UsageError(f"{key_file}: others can read this key (mode {mode & 0o777:03o}); chmod 600 it, or seal it")
    try:
        key = load_pem_private_key(sealed, passphrase)
    except (TypeError, ValueError):
        raise UsageError(f"{key_file}: the key cannot be read with forward.ca.passphrase as it is") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise UsageError(f"{key_file}: this is not the key of {certificate_file}")
    return CertificateAuthority(certificate, key)


def _permitted(certificate: x509.Certificate) -> Sequence[Name]:
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    return [name for name in constraints.permitted_subtrees or () if isinstance(name, x509.DNSName | x509.IPAddress)]


def _name(host: str) -> Name:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _constraint(name: str) -> Name:
    """A permitted subtree: a name stands for all below it, so `*.` goes; an address is a network of one."""
    bare = name.removeprefix("*.")
    try:
        return x509.IPAddress(ip_network(bare))
    except ValueError:
        return x509.DNSName(bare)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _replace(file: Path, data: bytes, mode: int) -> None:
    """Write a file whole, or not at all, with these permissions from its first byte on."""
    made = file.with_name(f".{file.name}.new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as target:
        target.write(data)
        os.fsync(target.fileno())
    made.replace(file)
