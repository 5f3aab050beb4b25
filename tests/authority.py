"""A certificate authority of the test's own, and certificates by it, as PEM files in a folder."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


class Authority:
    """Signs certificates. Its own stands in `<name>.pem`."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        made = self._builder(self._name, self._key.public_key())
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        self._write(name, made.add_extension(constraints, critical=True).sign(self._key, hashes.SHA256()))
        self.file = folder / f"{name}.pem"

    def issue(self, name: str, *sans: str, common_name: str | None = None) -> tuple[Path, Path]:
        """A certificate with these subject alternative names, and its key: the two files."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_named(common_name or name), key.public_key())
        if sans:
            builder = builder.add_extension(x509.SubjectAlternativeName([_san(one) for one in sans]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        self._write(name, certificate)
        key_file = self._folder / f"{name}.key"
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return self._folder / f"{name}.pem", key_file

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(BEGIN)
            .not_valid_after(BEGIN + timedelta(days=36_500))
        )

    def _write(self, name: str, certificate: x509.Certificate) -> None:
        (self._folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def fingerprint_of(pem: Path) -> str:
    """SHA-256 of a certificate, in hex."""
    return x509.load_pem_x509_certificate(pem.read_bytes()).fingerprint(hashes.SHA256()).hex()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _san(name: str) -> x509.GeneralName:
    if "://" in name:
        return x509.UniformResourceIdentifier(name)
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
