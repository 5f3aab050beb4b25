"""The words of an action: what an object is after it, and what it is no more. `archive` → archived, and not restored.

It knows English verbs and no object.
"""

from collections.abc import Iterator
from functools import cache

from tidegate.values.string_values import plain_name

_IRREGULAR = {
    "pay": "paid", "send": "sent", "hide": "hidden", "freeze": "frozen", "win": "won", "lose": "lost", "hold": "held",
    "withdraw": "withdrawn", "read": "read", "run": "running", "begin": "begun", "open": "open", "reopen": "open",
    "take": "taken", "sell": "sold", "show": "shown", "put": "put", "set": "set", "redo": "redone",
}  # fmt: skip
_ALSO = {
    "start": ("running", "inprogress", "active"), "resume": ("active", "running", "inprogress"), "run": ("active",),
    "activate": ("active",), "enable": ("active",), "deactivate": ("inactive",), "disable": ("inactive",),
    "restore": ("active", "open", "available"), "finish": ("completed", "done"), "complete": ("done",),
    "publish": ("live",), "unpublish": ("draft",), "reopen": ("reopened", "opened"), "open": ("opened",),
    "reactivate": ("active",), "trash": ("deleted",),
}  # fmt: skip
"""What an object is after an action by other words than the verb's own."""
_OPPOSITES = {
    "close": ("open", "reopen"), "open": ("close",), "reopen": ("close",), "pause": ("resume",),
    "resume": ("pause", "suspend"), "suspend": ("resume", "activate"), "archive": ("restore",), "trash": ("restore",),
    "restore": ("archive", "delete", "trash"), "hide": ("show",), "show": ("hide",), "enable": ("disable",),
    "disable": ("enable",), "start": ("stop",), "stop": ("start",), "undelete": ("delete",), "run": ("stop",),
    "reactivate": ("deactivate", "suspend"),
}  # fmt: skip
_BACK = frozenset({"unarchive", "undelete", "unsuspend", "unblock", "unban", "unpause", "unlock", "unfreeze"})
"""After these an object is as it usually is."""
_USUAL = ("active", "open", "running", "available")
_PREFIXES = ("un", "dis", "de")


@cache
def done(action: str) -> frozenset[str]:
    """Plain words for what an object is after an action."""
    return frozenset({*_participles(plain_name(action)), *_ALSO.get(plain_name(action), ())})


@cache
def undone(action: str) -> frozenset[str]:
    """Plain words for what an object is no more after an action."""
    plain = plain_name(action)
    others = {*_OPPOSITES.get(plain, ()), *(prefix + plain for prefix in _PREFIXES)}
    others |= {plain.removeprefix(prefix) for prefix in _PREFIXES if plain.startswith(prefix) and len(plain) > 4}
    words = {word for other in others for word in done(other)} | {f"un{word}" for word in done(action)}
    return frozenset(words - done(action))


@cache
def status_words(action: str) -> tuple[str, ...]:
    """Plain words for the status after an action, the likeliest first."""
    plain = plain_name(action)
    return (*_participles(plain), *_ALSO.get(plain, ()), *(_USUAL if plain in _BACK else ()))


def _participles(verb: str) -> Iterator[str]:
    if verb in _IRREGULAR:
        yield _IRREGULAR[verb]
    if verb.endswith("e"):
        yield f"{verb}d"
    elif verb.endswith("y"):
        yield f"{verb[:-1]}ied"
        yield f"{verb}ed"
    elif verb:
        yield f"{verb}ed"
        yield f"{verb}{verb[-1]}ed"
