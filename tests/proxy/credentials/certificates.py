"""A certificate authority of the tests' own, and what it signs."""

import datetime as dt
from functools import cache
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

BEGAN, ENDS = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2090, 1, 1, tzinfo=dt.UTC)


def pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key in PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def authority() -> tuple[Any, ec.EllipticCurvePrivateKey]:
    """The authority's certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _signed("test authority", key, None, ca=True), key


def certificate(name: str, serial: int) -> tuple[str, str]:
    """A certificate in PEM, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _signed(name, key, authority(), serial=serial)
    return made.public_bytes(Encoding.PEM).decode(), pem_of(key)


def authority_pem() -> str:
    """What whoever trusts the authority needs."""
    return str(authority()[0].public_bytes(Encoding.PEM).decode())


def _signed(name: str, key: Any, by: tuple[Any, Any] | None, *, serial: int = 1, ca: bool = False) -> Any:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing_key = (subject, key) if by is None else (by[0].subject, by[1])
    constraints = x509.BasicConstraints(ca=ca, path_length=None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(BEGAN)
        .not_valid_after(ENDS)
        .add_extension(constraints, critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    if ca:
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(signing_key, hashes.SHA256())
