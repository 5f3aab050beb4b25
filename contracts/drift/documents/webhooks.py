"""The webhooks of a document (OpenAPI 3.1), as operations whose answer is what the vendor sends: we read it."""

from collections.abc import Mapping

from tidegate.openapi.document import Document, DocumentError, Operation

PREFIX = "webhook "


def webhooks(document: Document) -> dict[str, Operation]:
    """By name; the operations are called `webhook <name>`. What leads nowhere is left out."""
    listed = document.root.get("webhooks")
    found: dict[str, Operation] = {}
    for name, item in (listed if isinstance(listed, Mapping) else {}).items():
        try:
            node = document.follow(item)
        except DocumentError:
            continue
        post = node.get("post") if isinstance(node, Mapping) else None
        if isinstance(post, Mapping):
            body = {"responses": {"200": post.get("requestBody", {})}}
            found[str(name)] = Operation(
                f"{PREFIX}{name}", "POST", f"/{name}", deprecated=post.get("deprecated") is True, index=0, node=body,
                shared={},
            )  # fmt: skip
    return found
