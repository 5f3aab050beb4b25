"""Provider states for contract tests: `POST /states {"state": "a customer exists", "params": {"id": "cus_1"}}`.

A state is a sentence. `a|an <kind> exists` makes an object of any kind that the document has, with `params` as its
fields; the others are in the table. Unknown sentences are refused, so that a misspelt state fails its contract.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.control.control_target import ControlTarget
from tidegate.simulator.trouble.vendor_fault import VendorFault

Params = Mapping[str, Any]

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
    words = state.removeprefix("a ").removeprefix("an ")
    name, gap, _ = words.partition(" exists")
    kind = simulator.resource_operations.kinds.get(name.replace(" ", "_"))
    if gap and kind is not None:
        return {"id": simulator.service.place(kind, params)}
    known = ", ".join(repr(known) for known in (*_PLAIN, *_FAULTS) if known)
    raise ValueError(f"no such state: {state!r}; known are 'a <kind> exists' and {known}")


def tear_down(simulator: ControlTarget) -> None:
    """Back to an empty vendor without faults."""
    simulator.reset()
    simulator.disarm()
