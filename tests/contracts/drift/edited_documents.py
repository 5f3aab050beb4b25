"""Copies of a vendor's document with one thing changed, and the pacts of the payments adapter beside them."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import tidegate
from tidegate.contracts.drift.document_drift import document_drift
from tidegate.contracts.drift.drift_report import DriftReport
from tidegate.contracts.drift.use.pact_use import PactUse, read_uses
from tidegate.contracts.pact_files import PACTS
from tidegate.openapi.document import Document

Edit = Callable[[dict[str, Any]], None]
PACT = PACTS / "payments-stripe.json"
GONE = object()
INTENT = "components/schemas/payment_intent"
CREATE = "paths/~v1~payment_intents/post"
CREATE_FORM = f"{CREATE}/requestBody/content/application~x-www-form-urlencoded/schema"
LIST = "paths/~v1~payment_intents/get"


@cache
def stripe() -> dict[str, Any]:
    """The document of Stripe that ships. Read only."""
    root: dict[str, Any] = json.loads((Path(tidegate.__file__).parent / "adapters/stripe/openapi.json").read_bytes())
    return root


@cache
def uses() -> tuple[PactUse, ...]:
    return tuple(read_uses([PACT]))


def put(path: str, value: object) -> Edit:
    """Put a value at a path of names and places, `~` for a slash in a name; GONE takes away what is there."""

    def edit(root: dict[str, Any]) -> None:
        *way, last = [step.replace("~", "/") for step in path.split("/")]
        node: Any = root
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        if isinstance(node, list):
            if value is GONE:
                del node[int(last)]
            else:
                node.insert(int(last), value)
        elif value is GONE:
            del node[last]
        else:
            node[last] = value

    return edit


def both(*edits: Edit) -> Edit:
    def edit(root: dict[str, Any]) -> None:
        for one in edits:
            one(root)

    return edit


def rename(path: str, old: str, new: str) -> Edit:
    def edit(root: dict[str, Any]) -> None:
        node: Any = root
        for step in path.split("/"):
            node = node[step.replace("~", "/")]
        node[new] = node.pop(old)

    return edit


def edited(edit: Edit, root: dict[str, Any] | None = None) -> dict[str, Any]:
    changed = deepcopy(stripe() if root is None else root)
    edit(changed)
    return changed


@cache
def old() -> Document:
    """The document before. What it works out of itself is kept for all tests."""
    return Document(deepcopy(stripe()), "old")


def drift_of(edit: Edit) -> DriftReport:
    """What a change of Stripe's document comes to, for the payments adapter."""
    return document_drift(old(), Document(edited(edit), "new"), uses())
