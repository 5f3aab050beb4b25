"""Webhooks (OpenAPI 3.1) and callbacks, as operations whose answer is what the vendor sends: it is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.openapi.document import Document, DocumentError, Operation

PREFIX = "webhook "
METHODS = ("post", "put", "patch", "delete")


def webhooks(document: Document) -> dict[str, Operation]:
    """By name; the operations are called `webhook <name>`. What leads nowhere is left out."""
    return {name: hook for name, item in _items(document, document.root.get("webhooks"))
            if (hook := _hook(f"{PREFIX}{name}", item)) is not None}  # fmt: skip


def callbacks(document: Document) -> dict[str, Operation]:
    """Those of all operations; they are called `callback <name> of <operation>`."""
    found: dict[str, Operation] = {}
    for operation in document.operations.values():
        for name, addresses in _items(document, operation.node.get("callbacks")):
            hooks = [_hook(f"callback {name} of {operation.id}", item) for _, item in _items(document, addresses)]
            found |= {f"{hook.id} {at}": hook for at, hook in enumerate(filter(None, hooks))}
    return found


def _items(document: Document, listed: Any) -> Iterator[tuple[str, Any]]:
    for name, item in (listed if isinstance(listed, Mapping) else {}).items():
        try:
            yield str(name), document.follow(item)
        except DocumentError:
            continue


def _hook(name: str, item: Any) -> Operation | None:
    """The first request of a path item as an operation whose answer it is."""
    sent = [(method, item[method]) for method in METHODS if isinstance(item, Mapping) and method in item]
    if not sent or not isinstance(sent[0][1], Mapping):
        return None
    (method, node), *_ = sent
    body = {"responses": {"200": node.get("requestBody", {})}}
    return Operation(
        name, method.upper(), f"/{name.removeprefix(PREFIX)}", deprecated=node.get("deprecated") is True, index=0,
        node=body, shared={},
    )  # fmt: skip
