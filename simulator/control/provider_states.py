"""Provider states for contract tests: `POST /states {"state": "a customer exists", "params": {"id": "cus_1"}}`.

A state is a sentence. `a|an|the <kind> exists`, or `<kinds> exist`, makes an object of any kind that the document has,
with `params` as its fields; the others are in the table. A kind may be named in the singular or the plural, one below
another also by its last word. Unknown sentences are refused, so that a misspelt state fails its contract.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tidegate.configfile.wording import nearest
from tidegate.json_pointer import steps_of
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.control.control_target import ControlTarget
from tidegate.simulator.control.vendor_names import KINDS_LISTED_MAX
from tidegate.simulator.document.path_template import singular
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.storage.object_keys import key_part
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.values.string_values import plain_name

Params = Mapping[str, Any]


_OBJECT = re.compile(r"(?:(?:an?|the) )?(.{1,200}) exists\.?|(?:some )?(.{1,200}) exist\.?", re.IGNORECASE)
_PARTS = re.compile(r"[/_. -]+")

_FAULTS: dict[str, dict[str, Any]] = {
    "the rate limit is used up": {"kind": "throttle"},
    "the vendor is down": {"kind": "outage", "mode": "status"},
    "the vendor fails": {"kind": "error"},
}
"""States that arm a fault; `params` may add the fault's other fields."""


def _nothing(_simulator: ControlTarget, _params: Params) -> None:
    return


def _empty(simulator: ControlTarget, _params: Params) -> None:
    simulator.service.reset()


_PLAIN: dict[str, Callable[[ControlTarget, Params], None]] = {
    "": _nothing,
    "the vendor is up": _nothing,
    "nothing exists": _empty,
}


def set_up(simulator: ControlTarget, state: str, params: Params) -> dict[str, Any]:
    """Bring the vendor into a state. Returns what there is to know of it: `{"id": …}` of an object that was made.

    Raises ValueError for a state that nobody knows, or parameters that do not fit it.
    """
    if state in _PLAIN:
        _PLAIN[state](simulator, params)
        return {}
    if state in _FAULTS:
        simulator.arm(parse_faults({**_FAULTS[state], **params}, VendorFault))
        return {}
    kinds = simulator.resource_operations.kinds
    written = _OBJECT.fullmatch(state)
    words = (written[1] or written[2]) if written else ""
    name = _kind_named(words, kinds) if words else None
    if name is not None:
        return {"id": _place(simulator, kinds[name], state, params)}
    hint = nearest(words, kinds) if words else nearest(state, (*_PLAIN, *_FAULTS))
    raise ValueError(f"no such state: {state!r}{hint}; {_known(kinds)}")


def _place(simulator: ControlTarget, kind: ResourceKind, state: str, params: Params) -> str:
    """Put an object there; where it lies below others, `params` name these, as the path does."""
    missing = [name for name in kind.within if name not in params]
    if missing:
        raise ValueError(f"{state!r}: its parameters must have {', '.join(missing)}, as the path of the object does")
    held = kind.facts.within
    fields = {
        _field_of(kind, name, state): value
        for name, value in params.items()
        if name not in kind.within or (name in kind.fields and name not in held)
    }
    for name in held.keys() & params.keys():
        fields = {**_nested(held[name], params[name]), **fields}
    return simulator.service.place(kind, fields, "/".join(key_part(str(params[name])) for name in kind.within))


def _field_of(kind: ResourceKind, name: str, state: str) -> str:
    """The field that a parameter means: in another spelling, or the id by the name that the path has for it.

    Raises ValueError for a slip of the pen; what the kind has nothing like is somebody else's.
    """
    if name in kind.fields or kind.open:
        return name
    if known := kind.names.get(plain_name(name), kind.id_field if name in (kind.id_param, "id") else ""):
        return known
    if hint := nearest(name, kind.fields):
        raise ValueError(f"{state!r}: {kind.name} has no field {name!r}{hint}")
    return name


def _nested(pointer: str, value: object) -> dict[str, Any]:
    """The value at its place in an object (RFC 6901), like `/owner/login`."""
    first, *rest = steps_of(pointer)
    for name in reversed(rest):
        value = {name: value}
    return {first: value}


def _kind_named(words: str, kinds: Mapping[str, Any]) -> str | None:
    """The kind that these words name, by its whole name before its last word; None where there is none, or several."""
    if words.replace(" ", "_") in kinds:
        return words.replace(" ", "_")
    wanted = _spelled(words)
    for named in (
        [name for name in kinds if _spelled(name) == wanted],
        [name for name in kinds if _spelled(name.rpartition("/")[2]) == wanted],
    ):
        if len(named) == 1:
            return named[0]
    return None


def _spelled(name: str) -> str:
    """A kind's name, or what a sentence calls it, as one plain word: each part in the singular."""
    return "".join(plain_name(singular(part.lower())) for part in _PARTS.split(name) if part)


def _known(kinds: Mapping[str, Any]) -> str:
    others = ", ".join(repr(known) for known in (*_PLAIN, *_FAULTS) if known)
    names = sorted(kinds)
    listed = ", ".join(names[:KINDS_LISTED_MAX]) or "none, as no object is kept"
    more = f" and {len(names) - KINDS_LISTED_MAX} more" if len(names) > KINDS_LISTED_MAX else ""
    return f"known are 'a <kind> exists', where a kind is one of {listed}{more}; and {others}"


def tear_down(simulator: ControlTarget) -> None:
    """Back to an empty vendor without faults."""
    simulator.reset()
    simulator.disarm()
