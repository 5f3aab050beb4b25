"""The blocks of tidegate.yaml about who may call, and over which wires: tokens, certificates, TLS, a Unix socket.

It reads no secret, and knows nothing of what an app may do (tidegate.proxy.app_config).
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from tidegate.configfile.block import Block
from tidegate.configfile.file_place import NewPath
from tidegate.configfile.units import Secret
from tidegate.proxy.config_paths import beside, secret_beside
from tidegate.proxy.config_values import AppName
from tidegate.proxy.identity.token_hash import TokenHash, parse_hash

SOCKET_PATH_BYTES_MAX = 107
"""The longest path that Linux takes for a Unix socket (unix(7), sun_path), less its end."""
_MODE = re.compile(r"0?[0-7]{3}")


def parse_moment(value: object) -> float:
    """`2027-01-31` (its beginning in UTC) or `2027-01-31T12:00:00Z` → seconds since 1970. Raises ValueError."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{value!r} is no time; write 2027-01-31, or 2027-01-31T12:00:00Z") from None


def parse_mode(value: object) -> int:
    """`"0660"` → the mode of a file. Raises ValueError."""
    if isinstance(value, str) and _MODE.fullmatch(value):
        return int(value, 8)
    raise ValueError(f'{value!r} is no mode of a socket; write it in quotes, like "0660"')


Moment = Annotated[float, BeforeValidator(parse_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
HashedToken = Annotated[TokenHash, PlainValidator(parse_hash), WithJsonSchema({"type": "string"})]
SocketMode = Annotated[int, PlainValidator(parse_mode), WithJsonSchema({"type": "string", "examples": ["0660"]})]


class _Token(Block):
    """A token, by a reference to it or by its hash."""

    token: Secret | None = None
    """Where the token is."""
    hash: HashedToken | None = None
    """Its hash, as `tidegate apps token` prints it: then the token itself is nowhere here."""
    expires: Moment | None = None
    """From then on it is refused."""

    @model_validator(mode="after")
    def _one_of_both(self) -> "_Token":
        if (self.token is None) == (self.hash is None):
            raise PydanticCustomError("one_token", "write either token, a reference, or hash, and not both")
        return self


class AppToken(_Token):
    """One app's token. An app may have several, so that they can be changed one after the other."""

    app: AppName
    """The app's name in records, logs and metrics."""


class AdminToken(_Token):
    """One person's, or one program's, token for the admin port."""

    name: AppName
    """Who it is, in the audit log."""


class ListenerTls(Block):
    """TLS of one listener. Certificate and key are read again when they change."""

    cert: Path
    """A PEM file: the certificate, and those between it and its authority."""
    key: Path
    """A PEM file with its private key, without a password."""
    clients: Path | None = None
    """A PEM file of the authorities whose client certificates are taken; without one none is asked for."""
    require: bool = False
    """Refuse connections without a client certificate."""

    @model_validator(mode="after")
    def _required_of_somebody(self) -> "ListenerTls":
        if self.require and self.clients is None:
            raise PydanticCustomError("clients", "require needs clients: the authorities whose certificates are taken")
        return self


class TlsSettings(Block):
    """TLS of the listeners. One that is not named speaks plain HTTP."""

    gateway: ListenerTls | None = None
    """TLS of the gateway."""
    admin: ListenerTls | None = None
    """TLS of the admin port."""
    inbox: ListenerTls | None = None
    """TLS of the inbox."""


class SocketSettings(Block):
    """A Unix socket of the gateway, beside its port."""

    path: NewPath
    """Where the socket is made; at most 107 bytes."""
    mode: SocketMode = 0o660
    """Who may connect, as of a file."""

    @model_validator(mode="after")
    def _fits(self) -> "SocketSettings":
        if len(str(self.path).encode()) > SOCKET_PATH_BYTES_MAX:
            raise PydanticCustomError(
                "socket_path", "a socket's path has at most {most} bytes", {"most": SOCKET_PATH_BYTES_MAX}
            )
        return self


def tokens_placed_at(tokens: tuple[AppToken, ...], home: Path) -> tuple[AppToken, ...]:
    """The tokens with every relative path made one from the folder of their file."""
    return tuple(one.model_copy(update={"token": one.token and secret_beside(home, one.token)}) for one in tokens)


def admin_tokens_placed_at(tokens: tuple[AdminToken, ...], home: Path) -> tuple[AdminToken, ...]:
    """The same for those of the admin port."""
    return tuple(one.model_copy(update={"token": one.token and secret_beside(home, one.token)}) for one in tokens)


def tls_placed_at(tls: TlsSettings, home: Path) -> TlsSettings:
    """The same for the files of TLS."""
    return tls.model_copy(update={name: one and _listener_placed_at(one, home) for name, one in tls if one is not None})


def socket_placed_at(socket: SocketSettings, home: Path) -> SocketSettings:
    """The same for a socket: it is made beside tidegate.yaml, whatever is there."""
    return socket.model_copy(update={"path": home / socket.path})


def _listener_placed_at(tls: ListenerTls, home: Path) -> ListenerTls:
    files = {"cert": beside(home, tls.cert), "key": beside(home, tls.key)}
    return tls.model_copy(update={**files, "clients": tls.clients and beside(home, tls.clients)})
