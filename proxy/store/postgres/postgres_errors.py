"""PostgreSQL's errors in the words of the port, and without what they may give away: passwords, and values of rows."""

from collections.abc import Mapping

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tidegate.proxy.store.store_error import StoreError, StoreTrouble
from tidegate.proxy.store_place import passwords_of

TROUBLES: Mapping[str, StoreTrouble] = {
    "08": "away",
    "53100": "full",
    "53200": "away",
    "53300": "away",
    "53400": "full",
    "57P01": "away",
    "57P02": "away",
    "57P03": "away",
    "57P04": "away",
    "57P05": "away",
    "0A000": "locked",
    "26000": "away",
    "42P05": "away",
    "25006": "read-only",
    "25P03": "locked",
    "25P04": "locked",
    "28": "away",
    "3D000": "away",
    "3F000": "corrupt",
    "42501": "read-only",
    "42P01": "corrupt",
    "40001": "locked",
    "40P01": "locked",
    "55P03": "locked",
    "57014": "locked",
    "58": "disk",
    "XX001": "corrupt",
    "XX002": "corrupt",
}
"""SQLSTATE or its class (postgresql.org/docs/18/errcodes-appendix.html) → the trouble. Others are mistakes of ours."""

LOST = frozenset({"57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04", "0A000", "26000", "42P05"})
"""After these, and after those of class 08, the connection is over. The last three are of statements that it has
prepared: a newer Tidegate has changed their tables, or a pooler has given us another connection."""

NO_URL = (
    "store: this is no URL of a PostgreSQL database; write postgresql://user@host:5432/database "
    "(postgresql.org/docs/18/libpq-connect.html has its form)"
)


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is over, and what was asked last may have been done or not."""
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state in LOST or state.startswith("08")


def trouble_of(error: psycopg.Error) -> StoreTrouble | None:
    """What an error says about the store; None where it is a mistake of ours."""
    state = error.sqlstate
    if state is not None:
        return TROUBLES.get(state) or TROUBLES.get(state[:2])
    if "read-only" in str(error) or "recovery" in str(error):  # no server of those in the URL takes writes (libpq)
        return "read-only"
    return "away" if is_lost(error) else None


class StoreAddress:
    """A URL of PostgreSQL. Shown, it has neither password nor parameters. Raises StoreError where it is none."""

    def __init__(self, url: str) -> None:
        try:
            parts = conninfo_to_dict(url)
        except psycopg.Error:  # libpq's message quotes from it
            raise StoreError(NO_URL) from None
        self.url = url
        self.parameters = frozenset(parts)
        """The names of libpq's parameters that it gives."""
        self._secrets = passwords_of(url)
        user, port = parts.get("user"), parts.get("port")
        self._shown = "postgresql://{}{}{}/{}".format(
            f"{user}@" if user else "",
            parts.get("host") or parts.get("hostaddr") or "",
            f":{port}" if port else "",
            parts.get("dbname") or "",
        )

    def __repr__(self) -> str:
        return self._shown

    def error(
        self, why: psycopg.Error | str, trouble: StoreTrouble | None = None, *, unsure: bool = False
    ) -> StoreError:
        """What has gone wrong, as the port tells it."""
        text = why if isinstance(why, str) else _text(why)
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        if isinstance(why, psycopg.Error):
            trouble = trouble or trouble_of(why)
        return StoreError(f"{self}: this store cannot be used: {text}", trouble or "", unsure=unsure)


def _text(error: psycopg.Error) -> str:
    """The first line, which says what is wrong; those after it may quote a row."""
    text = error.diag.message_primary or str(error).strip() or type(error).__name__
    return text.splitlines()[0]
