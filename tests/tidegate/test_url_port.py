"""The port that a URL leads to."""

from urllib.parse import urlsplit

import pytest

from tidegate.url_port import port_of


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://v.example", 80),
        ("https://v.example/a?b", 443),
        ("HTTPS://V.example:/", 443),
        ("https://v.example:80", 80),
        ("http://[::1]:8080", 8080),
    ],
)
def test_a_url_leads_to_its_port_or_to_the_usual_one(url: str, port: int) -> None:
    assert port_of(urlsplit(url)) == port


@pytest.mark.parametrize("url", ["http://v.example:x", "http://v.example:65536"])
def test_what_is_no_port_is_an_error(url: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)port"):
        port_of(urlsplit(url))
