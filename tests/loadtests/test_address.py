"""An address that is none, or where nothing answers, is said with what would be right."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tidegate.loadtests.address import check_address, control_at
from tidegate.problems import UsageError


@pytest.fixture
def closed() -> Iterator[str]:
    """An address at which nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("127.0.0.1:8080", "this is no address; write one like http://127.0.0.1:8080/stripe"),
        ("ftp://x", "this is no address"),
        ("http://", "this is no address"),
        ("http://x:port", "this is no address"),
        ("http://x/?a=1", "leave out what follows the path"),
    ],
)
def test_what_is_no_address_is_said(url: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_address(url, "--url")
    assert str(refused.value).startswith(f"--url {url}: {says}")


def test_an_address_where_nothing_answers_is_said_with_its_cure(closed: str) -> None:
    with pytest.raises(UsageError, match=r"nothing answers there \(Connection refused\); start what is to be loaded"):
        check_address(f"{closed}/stripe", "--url")
    with pytest.raises(UsageError, match=r"--journal .* nothing answers there"):
        control_at(closed, "/journal")


def test_an_address_where_something_listens_is_asked_nothing() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        check_address(f"http://127.0.0.1:{server.getsockname()[1]}/acme", "--url")
        server.setblocking(True)
        client, _ = server.accept()
        with closing(client):
            assert client.recv(1) == b""
