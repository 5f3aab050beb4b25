"""The addresses that a document gives for its vendor: OpenAPI's `servers`, on each level, Swagger's host and path.

Nothing is connected to.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice, product
from typing import Any
from urllib.parse import urlsplit

from tidegate.openapi.document import Document

VARIANTS_MAX = 64
"""So many values of a server's variables are tried together."""
ADDRESSES_MAX = 1_000
"""So many addresses of a document are read, in its order."""


def servers(document: Document) -> list[str]:
    """Every address that the document names, variables filled in, the main one first. A path may stand alone."""
    if document.swagger2:
        return [address for address in (_swagger(document.root),) if _is_address(address)]
    addresses = chain.from_iterable(_variants(url, variables) for url, variables in _written(document))
    listed = dict.fromkeys(islice(addresses, ADDRESSES_MAX))
    return [address for address in listed if _is_address(address)]


def open_paths(document: Document) -> list[str]:
    """Patterns for the paths of addresses in which a variable may have any value (OpenAPI 3.1, Server Variable)."""
    found = dict[str, None]()
    for url, variables in islice(_written(document), ADDRESSES_MAX) if not document.swagger2 else ():
        path = _HOST.sub("", url).rstrip("/")
        is_open = {
            name: not isinstance(variable, Mapping) or not variable.get("enum") for name, variable in variables.items()
        }
        named = [name for name in _VARIABLE.findall(path) if name in is_open]
        if path.startswith("/") and any(is_open[name] for name in named):
            pieces = _VARIABLE.split(path)
            found["".join(_SEGMENT if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))] = None
    return [*found]


_HOST = re.compile(r"^(?:[A-Za-z][\w+.-]*:)?//[^/]*")
_VARIABLE = re.compile(r"\{([^{}]+)\}")
_SEGMENT = "[^/]+"


def _written(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The addresses of a document as they are written, each with its variables."""
    inner = ((operation.shared, operation.node) for operation in document.operations.values())
    for level in (document.root, *chain.from_iterable(inner)):
        listed = level.get("servers")
        for server in listed if isinstance(listed, list) else ():
            if isinstance(server, Mapping) and isinstance(server.get("url"), str):
                variables = server.get("variables")
                yield server["url"], variables if isinstance(variables, Mapping) else {}


def paths(addresses: list[str]) -> list[str]:
    """The paths of addresses, without a slash at the end, longest first; one that is only a host has none."""
    distinct = {urlsplit(address).path.rstrip("/") for address in addresses}
    return sorted(distinct - {""}, key=lambda path: (-len(path), path))


def _is_address(text: str) -> bool:
    """False for what cannot be taken apart, like `http://[`."""
    try:
        _ = urlsplit(text).port
    except ValueError:
        return False
    return True


def _swagger(root: Mapping[str, Any]) -> str:
    """Swagger 2.0 has one address: `schemes`, `host` and `basePath`."""
    path = root.get("basePath", "")
    host, schemes = root.get("host", ""), root.get("schemes")
    path = path if isinstance(path, str) else ""
    if not isinstance(host, str) or not host:
        return path
    scheme = "https" if not isinstance(schemes, list) or "https" in schemes else str(next(iter(schemes), "https"))
    return f"{scheme}://{host}{path}"


def _variants(url: str, variables: Mapping[str, Any]) -> Iterator[str]:
    """The address with each allowed value of each variable, the defaults first."""
    named = [(name, _values(variable)) for name, variable in variables.items() if f"{{{name}}}" in url]
    for chosen in islice(product(*(values for _, values in named)), VARIANTS_MAX):
        filled = url
        for (name, _), value in zip(named, chosen, strict=True):
            filled = filled.replace(f"{{{name}}}", value)
        yield filled


def _values(variable: object) -> list[str]:
    if not isinstance(variable, Mapping):
        return [""]
    allowed = variable.get("enum")
    values = [str(variable.get("default", "")), *(map(str, allowed) if isinstance(allowed, list) else ())]
    return list(dict.fromkeys(values))
