"""The addresses that a document gives for its vendor: OpenAPI's `servers`, on each level, Swagger's host and path.

Nothing is connected to.
"""

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
    addresses: list[str] = []
    inner = ((operation.shared, operation.node) for operation in document.operations.values())
    levels = [document.root, *chain.from_iterable(inner)]
    for level in levels:
        if len(addresses) >= ADDRESSES_MAX:
            break
        listed = level.get("servers")
        for server in listed if isinstance(listed, list) else ():
            if isinstance(server, Mapping) and isinstance(server.get("url"), str) and len(addresses) < ADDRESSES_MAX:
                addresses += _variants(server["url"], server.get("variables"))
    return [address for address in dict.fromkeys(addresses) if _is_address(address)]


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


def _variants(url: str, variables: object) -> Iterator[str]:
    """The address with each allowed value of each variable, the defaults first."""
    described = variables if isinstance(variables, Mapping) else {}
    named = [(name, _values(variable)) for name, variable in described.items() if f"{{{name}}}" in url]
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
