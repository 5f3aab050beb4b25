"""Which stored answers a write makes doubtful (RFC 9111 §4.4).

A write and a read often spell the path of one thing differently: percent-encoded or not, with a slash at the end or
without, with a format behind it (`.json`). So paths are compared by what they name. Where that takes two things for
one, a read is asked once more; the other way, an app would be told how it was before its own write. It refuses to know
where answers are kept.
"""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from multidict import CIMultiDictProxy

from tidegate.url_port import USUAL_PORTS

_FORMAT = re.compile(r"(?<=[^/])\.(?:json|xml)$", re.IGNORECASE)
_ASIDE = re.compile(r"(?<=[^/])[:(][^/]*$")
"""An operation on a thing (`/things/7:cancel`, AIP-136) or its key within a collection (`/things(7)`, OData)."""


def named_by(path: str) -> str:
    """What a path without its query names, whatever way it is written."""
    name = (unquote(path) if "%" in path else path).rstrip("/")
    return _FORMAT.sub("", name) if "." in name else name


def changed(path: str, address: str, headers: Mapping[str, str] | CIMultiDictProxy[str]) -> set[str]:
    """What a write that went well makes doubtful, each as `named_by` has it.

    What it names, what Location and Content-Location name on the same origin, and, beyond the RFC, the collections
    above it: who changes a thing changes the list it stands in. `path` is the vendor's own, below `address`.
    """
    own = named_by(path.partition("?")[0])
    steps = own.split("/")
    names = {own, *("/".join(steps[:count]) for count in range(2, len(steps)))}
    if ":" in own or "(" in own:
        names |= {_ASIDE.sub("", name) for name in names}
    for field in ("Location", "Content-Location"):
        if (value := headers.get(field)) is not None and (there := _below(address, path, value)) is not None:
            names.add(named_by(there))
    return names


def _below(address: str, path: str, reference: str) -> str | None:
    """The path, below the vendor's address, to which its answer refers; None where that leads elsewhere."""
    try:
        base, there = urlsplit(address), urlsplit(urljoin(address + path, reference))
        same = _origin(base) == _origin(there)
    except ValueError:  # half an IPv6 address, a port that is no number
        return None
    return there.path[len(base.path) :] if same and there.path.startswith(base.path) else None


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or USUAL_PORTS.get(parts.scheme)
