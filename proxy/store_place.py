"""Where the store is, as tidegate.yaml says it: a file, the URL of a database, or a reference to either.

It knows which databases there are a store for, and opens none.
"""

from pathlib import Path
from urllib.parse import unquote

from pydantic_core import PydanticKnownError

from tidegate.configfile.file_place import checked_path
from tidegate.configfile.units import SecretRef, parse_secret

URL_SCHEMES = ("postgresql", "postgres")
"""Of databases that Tidegate has a store for (tidegate.proxy.store.store_choice)."""
PASSWORDS = ("password", "sslpassword")
"""Parameters of a URL that hold one (postgresql.org/docs/18/libpq-connect.html §32.1.2)."""
_REFERENCES = ("env:", "file:")
NO_STORES = frozenset((":memory:", "memory", "none", "null", "off", "false"))
"""What would be a store that keeps nothing, and what would be the name of a file here."""

StorePlace = Path | str | SecretRef


def parse_store(value: object) -> StorePlace:
    """A path, a URL, or `env:NAME` and `file:/path` where one of them stands. Raises ValueError, which shows no URL."""
    if isinstance(value, Path | SecretRef):
        return value
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    if value.startswith(_REFERENCES) and "://" not in value:
        return parse_secret(value)
    return place_of(value, secret=False)


def place_of(text: str, *, secret: bool) -> Path | str:
    """A path or a URL. `secret` where it may hold a password: it comes from a reference. Raises ValueError."""
    if "://" not in text:
        if text.lower() in NO_STORES:
            raise ValueError("there is no store in memory, since keys have to outlive a restart; write a path")
        return Path(checked_path(text))
    scheme = text.partition("://")[0]
    if scheme not in URL_SCHEMES:
        raise ValueError(f"Tidegate has no store for {scheme}://; write the path of a file, or postgresql://…")
    if not secret and passwords_of(text):
        raise ValueError(
            "this URL holds a password; write a reference to the whole URL, like env:STORE_URL or "
            "file:/run/secrets/store, or leave the password to PGPASSFILE or PGPASSWORD"
        )
    return text


def passwords_of(place: Path | str) -> list[str]:
    """The passwords in a URL, as written and as meant. Of one that cannot be parsed, what may be one."""
    if isinstance(place, Path):
        return []
    rest = place.partition("://")[2]
    written = [rest.rpartition("@")[0].partition(":")[2]]
    for pair in rest.partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        if unquote(name).lower() in PASSWORDS:
            written.append(value)
    return list(dict.fromkeys(text for value in written if value for text in (value, unquote(value))))
