"""A vendor at run time: where it is."""

from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.proxy.config import VendorUse
from tidegate.proxy.upstream.upstream import origin


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("https://api.example.com", "api.example.com", 443, True),
        ("https://api.example.com:8443/v2", "api.example.com", 8443, True),
        ("http://127.0.0.1:9100", "127.0.0.1", 9100, False),
        ("http://[::1]", "::1", 80, False),
    ],
)
def test_a_base_url_leads_somewhere(url: str, host: str, port: int, tls: bool) -> None:
    found = origin(url, VendorUse())
    assert (found.host, found.port, found.tls is not None, found.private) == (host, port, tls, False)


def test_a_ca_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(UsageError, match=r"ca\.pem"):
        origin("https://api.example.com", VendorUse(ca=tmp_path / "ca.pem"))
