"""An address that a user gives: whether anything answers there, and what a simulator behind it says."""

import http.client
import socket
from urllib.parse import urlsplit

from tidegate.problems import UsageError
from tidegate.url_port import USUAL_PORTS

ANSWER_WITHIN_S = 10.0
CONNECT_WITHIN_S = 5.0


def check_address(url: str, option: str) -> None:
    """Raise UsageError where a URL is none, or nothing listens there. It asks nothing of it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{option} {url}: this is no address; write one like http://127.0.0.1:8080/stripe")
    if parts.query or parts.fragment:
        raise UsageError(f"{option} {url}: leave out what follows the path; the operations' paths are put behind it")
    try:
        socket.create_connection((host, port or USUAL_PORTS[parts.scheme]), CONNECT_WITHIN_S).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise UsageError(
            f"{option} {url}: nothing answers there ({reason}); start what is to be loaded, or leave {option} out and "
            "have a proxy and a simulator started"
        ) from None


def control_at(url: str, path: str) -> tuple[int, bytes]:
    """GET a path of a simulator's control API at an address. Raises UsageError where there is no answer."""
    check_address(url, "--journal")
    parts = urlsplit(url)
    # Not by urllib: that would go by the proxies of the environment.
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", parts.path.rstrip("/") + path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise UsageError(f"--journal {url}: no simulator's control API answers there: {error}") from None
    finally:
        connection.close()
