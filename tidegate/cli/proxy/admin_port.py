"""The admin port of a running proxy, as commands talk to it. Finds it by tidegate.yaml, or where `--admin` says.

The commands read no store: its file belongs to the proxy that has it open, and what people do must be in its audit.
"""

import json
import os
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

import typer

from tidegate.cli.remote.json_document import read_document, read_reason
from tidegate.configfile.web_address import host_of
from tidegate.problems import UsageError
from tidegate.proxy.config import Config, load_config
from tidegate.proxy.credentials.secret_reference import resolve

TIMEOUT_S = 60.0
TOKEN, CA = "TIDEGATE_ADMIN_TOKEN", "TIDEGATE_ADMIN_CA"
"""Variables: the token to send, and a PEM file of the authorities to trust."""
ANSWER_BYTES_MAX = 64 * 1024 * 1024
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what a file may say, and nobody can connect to
_REFUSED = (404, 409, 503)
"""What the proxy may answer to an order that was understood."""


def admin_url(admin: str | None, config: Path | None) -> str:
    """The address of the admin port. Raises UsageError where it cannot be known."""
    if admin is not None:
        if host_of(admin) is None:
            raise UsageError(f"{admin!r} is no address of an admin port; it looks like http://127.0.0.1:8081")
        return admin.rstrip("/")
    settings = load_config(config)
    address, scheme = settings.admin, "http" if settings.tls.admin is None else "https"
    if address.port == 0:
        raise UsageError("admin has port 0, any free one; say with --admin which it took: `serve` has printed it")
    host = address.host if address.host not in _EVERYWHERE else "127.0.0.1"
    return f"{scheme}://[{host}]:{address.port}" if ":" in host else f"{scheme}://{host}:{address.port}"


@dataclass(frozen=True, slots=True)
class AdminAccess:
    """How to reach an admin port: its address, the token to send, and the certificate that it has."""

    url: str
    token: str = ""
    cert: Path | None = None
    """Of a port on this machine: the very one that its tidegate.yaml names. None for the system's authorities."""


def admin_access(admin: str | None, config: Path | None, environ: Mapping[str, str] = os.environ) -> AdminAccess:
    """The address, and what is needed there. Raises UsageError where it cannot be known.

    The token is TIDEGATE_ADMIN_TOKEN, or the first of `admin_tokens` whose reference can be read here; it is sent
    nowhere but to the port that the same file names. The certificate authorities are those of TIDEGATE_ADMIN_CA.
    """
    url, token, ca = admin_url(admin, config), environ.get(TOKEN, ""), environ.get(CA)
    cert = Path(ca) if ca else None
    if admin is None:
        settings = load_config(config)
        token = token or _readable(settings, environ)
        if settings.tls.admin is not None:
            cert = cert or settings.tls.admin.cert
    return AdminAccess(url, token, cert)


def _readable(settings: Config, environ: Mapping[str, str]) -> str:
    for one in settings.admin_tokens:
        if one.token is not None:
            try:
                return resolve(one.token, environ).reveal()
            except UsageError:
                continue
    return ""


def _verifying(cert: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=cert)
    if cert is not None:  # its certificate itself may be what is trusted, whatever name it has
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.check_hostname = False
    return context


class AdminPort:
    """One admin port. Every method raises UsageError where nobody answers, and leaves with 1 where it is refused."""

    def __init__(self, access: AdminAccess | str, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        access = AdminAccess(access) if isinstance(access, str) else access
        self._url, self._token = access.url, access.token
        near = urllib.request.ProxyHandler({})  # no proxy in between
        handlers: list[urllib.request.BaseHandler] = [near]
        if access.url.startswith("https:"):
            try:
                handlers.append(urllib.request.HTTPSHandler(context=_verifying(access.cert)))
            except OSError as error:
                raise UsageError(f"{access.cert}: no certificates can be read there: {error.strerror}") from None
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str, query: list[tuple[str, str]] | None = None, *, judged: bool = False) -> Any:
        """The document of a page. Where it is to be `judged`, a refusal is no verdict: it raises UsageError, too."""
        return self._answer(path + (f"?{urlencode(query)}" if query else ""), None, judged=judged)

    def post(self, path: str, order: dict[str, object]) -> Any:
        """Give an order, and return what it came to."""
        return self._answer(path, json.dumps(order).encode())

    def _answer(self, target: str, data: bytes | None, *, judged: bool = False) -> Any:
        try:
            headers = {"Content-Type": "application/json"}
            if self._token:
                headers["Authorization"] = f"Bearer {self._token}"
            request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
                self._url + target, data=data, headers=headers
            )
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                return read_document(answer.read(ANSWER_BYTES_MAX), f"{self._url} is no admin port of this version")
        except HTTPError as error:
            with error:
                why = read_reason(error.read(ANSWER_BYTES_MAX))
            if not judged and error.code in _REFUSED and why and not why.startswith("there is no such page"):
                typer.echo(f"tidegate: {why}", err=True)
                raise typer.Exit(1) from None
            if error.code == HTTPStatus.UNAUTHORIZED:
                why = f"{self._url} wants a token: put one of admin_tokens into {TOKEN}"
            raise UsageError(why or f"{self._url} answered {error.code}; is it an admin port?") from None
        except (URLError, OSError, HTTPException, ValueError, RecursionError) as error:
            reason = getattr(error, "reason", error)
            cure = "start one with `tidegate serve`, or say where it is with --admin"
            raise UsageError(f"no proxy answers on {self._url}: {reason}; {cure}") from None
