"""The admin port of a running proxy, as commands talk to it. Finds it by tidegate.yaml, or where `--admin` says.

The commands read no store: its file belongs to the proxy that has it open, and what people do must be in its audit.
"""

import json
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit

import typer

from tidegate.problems import UsageError
from tidegate.proxy.config import load_config

TIMEOUT_S = 60.0
ANSWER_BYTES_MAX = 64 * 1024 * 1024
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what a file may say, and nobody can connect to
_REFUSED = (404, 409, 503)
"""What the proxy may answer to an order that was understood."""


def admin_url(admin: str | None, config: Path | None) -> str:
    """The address of the admin port. Raises UsageError where it cannot be known."""
    if admin is not None:
        parts = urlsplit(admin)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{admin!r} is no address of an admin port; it looks like http://127.0.0.1:8081")
        return admin.rstrip("/")
    address = load_config(config).admin
    if address.port == 0:
        raise UsageError("admin has port 0, any free one; say with --admin which it took: `serve` has printed it")
    host = address.host if address.host not in _EVERYWHERE else "127.0.0.1"
    return f"http://[{host}]:{address.port}" if ":" in host else f"http://{host}:{address.port}"


class AdminPort:
    """One admin port. Every method raises UsageError where nobody answers, and leaves with 1 where it is refused."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is near: no proxy in between

    def get(self, path: str, query: list[tuple[str, str]] | None = None) -> Any:
        """The document of a page."""
        return self._answer(path + (f"?{urlencode(query)}" if query else ""), None)

    def post(self, path: str, order: dict[str, object]) -> Any:
        """Give an order, and return what it came to."""
        return self._answer(path, json.dumps(order).encode())

    def _answer(self, target: str, data: bytes | None) -> Any:
        try:
            request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
                self._url + target, data=data, headers={"Content-Type": "application/json"}
            )
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return json.loads(answer.read(ANSWER_BYTES_MAX))
        except HTTPError as error:
            with error:
                why = _reason(error.read(ANSWER_BYTES_MAX)) or f"{self._url} answered {error.code}"
            if error.code in _REFUSED and not why.startswith("there is no such page"):
                typer.echo(f"tidegate: {why}", err=True)
                raise typer.Exit(1) from None
            raise UsageError(why) from None
        except (URLError, OSError, HTTPException, ValueError, RecursionError) as error:
            reason = getattr(error, "reason", error)
            cure = "start one with `tidegate serve`, or say where it is with --admin"
            raise UsageError(f"no proxy answers on {self._url}: {reason}; {cure}") from None


def _reason(content: bytes) -> str:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return str(document.get("error", "")) if isinstance(document, dict) else ""
