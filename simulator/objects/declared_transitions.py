"""When a transition that the vendor file declares is made: the values that the request must have."""

from collections.abc import Mapping
from typing import Any

from tidegate.vendor.resource_facts import Transition


def fits(transition: Transition, values: Mapping[str, Any]) -> bool:
    """True where a request has the values that a transition is made for; a name with a slash is a JSON Pointer."""
    return all(_sent(values, name) == value for name, value in transition.when.items())


def _sent(values: Any, name: str) -> Any:
    if not name.startswith("/"):
        return values.get(name)
    for step in name[1:].split("/"):
        values = values.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(values, Mapping) else None
    return values
