"""The address of a server as a configuration writes it, judged when it is read and not when it is first called.

What passes here can be split by every reader of URLs (RFC 3986 §3.2): a scheme, a host that a resolver can be asked
for, a port that there is. No message repeats the address, since one may hold a password.
"""

import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

from tidegate.world.host_names import is_address

_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
"""A label of a name (RFC 1035 §2.3.1), with the underscore that container names have."""
NAME_CHARS_MAX = 253
"""RFC 1035 §2.3.4, written with dots."""
_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f\\]")


def is_host(name: str) -> bool:
    """True for a name or an IP address, of IPv6 with or without brackets. A dot at the end is the root's."""
    bracketed = name.startswith("[") and name.endswith("]")
    bare = name[1:-1] if bracketed else name
    if bracketed or ":" in bare:
        return is_address(bare) and ":" in bare
    labels = bare.removesuffix(".").split(".")
    if len(bare) > NAME_CHARS_MAX or not all(map(_LABEL.fullmatch, labels)):
        return False
    return not labels[-1].isdigit() or is_address(bare)


def check_address(text: str) -> str:
    """The address as it is written. Raises ValueError where no server can have it."""
    if _SPACE_OR_CONTROL.search(text):
        raise ValueError("this address has a space, a backslash or a control character; take it out, or encode it")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(
            "the host or the port of this address cannot be read; write host:port, like [::1]:443"
        ) from None
    if "@" in parts.netloc:
        raise ValueError("this address names a user; take it out, and write a secret as a reference where one belongs")
    if port == 0:
        raise ValueError("no server has port 0; write its port, or none for the scheme's own")
    if "#" in text:
        raise ValueError("this address has a fragment (#), which is never sent; take it out")
    host = _host(parts)
    if not host.isascii():
        raise ValueError("write the name of this address in ASCII, as DNS has it: xn--…")
    if not text.isascii():
        raise ValueError("this address has letters that no URL has; percent-encode them")
    if not is_host(host):
        raise ValueError("the host of this address is neither a name nor an IP address")
    return text


def check_base(text: str) -> str:
    """The same of an address that paths are put behind. Raises ValueError."""
    if "?" in text:
        raise ValueError("this address has a query (?), and paths are put behind it; take it out")
    return check_address(text)


def host_of(url: str) -> str | None:
    """The host of an address that a person gives on the way; None where it is none of the kind http://host:port."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # half an IPv6 address, a port that is no number
        return None
    return (parts.hostname or None) if parts.scheme in ("http", "https") and port != 0 else None


def _host(parts: SplitResult) -> str:
    """With its brackets, so that what stands there as IPv6 is judged as that."""
    authority = parts.netloc
    return authority[: authority.index("]") + 1] if authority.startswith("[") else authority.partition(":")[0]


URL_FORM = r"^https?://[^/]+(/.*)?$"
WebAddress = Annotated[str, Field(pattern=URL_FORM), AfterValidator(check_address)]
"""An address that is asked as it is written."""
BaseAddress = Annotated[str, Field(pattern=URL_FORM), AfterValidator(check_base)]
"""An address that paths are put behind."""
