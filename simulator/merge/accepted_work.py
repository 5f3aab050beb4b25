"""The end of work that was only accepted (202, RFC 9110 §15.3.3) or goes on: what an object says of it then.

The words are those of its own fields: a status that lists one for success, a switch such as `done`, a share of 100.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

_STATUSES = ("status", "state", "phase")
"""Endings of plain names of fields that tell how something goes on."""
_WELL = (
    "succeeded", "success", "successful", "completed", "complete", "done", "finished", "ready", "processed",
    "available", "active", "running",
)  # fmt: skip
"""Words for work that ended well, the surest first."""
_ENDED = frozenset(
    {*_WELL[:-1], "failed", "failure", "error", "errored", "canceled", "cancelled", "aborted", "expired"}
)
_GOING = frozenset(
    {
        "inprogress", "processing", "queued", "running", "executing", "validating", "validatingfiles", "uploaded",
        "building", "provisioning", "creating", "initializing", "starting", "importing", "exporting", "converting",
        "transcoding", "rendering", "generating", "indexing", "analyzing", "scanning", "syncing", "updating",
        "advancing", "cancelling", "canceling", "deleting", "stopping", "closing",
    }
)  # fmt: skip
"""Words for what the vendor itself is at. Whoever waits for a client or a person is `pending` or `waiting`."""
_SWITCHES = frozenset({"done", "completed", "complete", "finished", "ready"})
_SHARES = frozenset({"progress", "percent", "percentage", "percentcomplete", "percentagecomplete", "progresspercent"})
WHOLE = 100


def goes_on(thing: Mapping[str, Any]) -> bool:
    """Whether an object says by its status that the vendor is still at work on it."""
    return any(
        plain_name(str(value)) in _GOING for name, value in thing.items() if plain_name(name).endswith(_STATUSES)
    )


def ended(fields: Mapping[str, Any], choices: Callable[[str], list[Any]], thing: Obj) -> Obj:
    """The fields of an object that tell of the end of its work, with their new values; none where it told before.

    `choices` gives the words that a field may have.
    """
    after: Obj = {}
    for name in fields.keys() & thing.keys():
        bare, value = plain_name(name).removeprefix("is"), thing[name]
        if bare.endswith(_STATUSES) and plain_name(str(value)) not in _ENDED:
            words = {plain_name(str(word)): word for word in choices(name)}
            own = plain_name(str(value)).removesuffix("ing") + "ed"  # of `cancelling` comes `cancelled`
            word = next((words[word] for word in (own, *_WELL) if word in words), value)
            after |= {name: word} if word != value else {}
        elif bare in _SWITCHES and value is False:
            after[name] = True
        elif bare in _SHARES and type(value) in (int, float):
            after[name] = WHOLE
    return after
