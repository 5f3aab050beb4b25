"""Validation errors of a request as a refusal: which parameter, and which reason of simulator.answer.errors.

The schema's own validator finds the flaws; this picks the one that counts, names it as the vendor names parameters, and
gives it a reason. It knows no vendor and no HTTP.
"""

from collections.abc import Callable, Sequence
from typing import Any

from tidegate.json_pointer import at_pointer, steps_of
from tidegate.openapi.validator import Flaw
from tidegate.simulator.answer import errors

Naming = Callable[[Sequence[str]], str]
"""Makes the name of a parameter out of the steps that lead to it."""

UNKNOWN = frozenset({"additionalProperties", "unevaluatedProperties"})
"""Keywords that refuse a name, and no value."""
_LEAST = frozenset({"minimum", "exclusiveMinimum"})
_MOST = frozenset({"maximum", "exclusiveMaximum"})


def bracketed(steps: Sequence[str]) -> str:
    """`shipping[address][city]`, as forms have it."""
    return steps[0] + "".join(f"[{step}]" for step in steps[1:]) if steps else ""


def dotted(steps: Sequence[str]) -> str:
    """`messages[0].role`, as JSON has it."""
    text = ""
    for step in steps:
        text += f"[{step}]" if step.isdecimal() and text else f".{step}" if text else step
    return text


def first_refusal(flaws: Sequence[Flaw], value: Any, naming: Naming, *, whole: str = "") -> errors.VendorError | None:
    """The refusal for a value with these flaws; None without any. `whole` is the name of the value itself.

    Unknown names come first, then missing ones, then the rest in the order in which the schema finds them.
    """
    if not flaws:
        return None
    flaw = min(flaws, key=_rank)
    steps = steps_of(flaw.pointer)
    if flaw.keyword in UNKNOWN and isinstance(flaw.expected, list):
        return errors.unknown_parameters([naming([*steps, str(name)]) for name in flaw.expected])
    if flaw.keyword == "required":
        return errors.missing_parameter(naming([*steps, str(flaw.expected)]))
    field = next((step for step in reversed(steps) if not step.isdecimal()), whole)
    return _wrong(flaw, naming(steps) or whole, field, at_pointer(value, flaw.pointer))


def _rank(flaw: Flaw) -> int:
    return 0 if flaw.keyword in UNKNOWN else 1 if flaw.keyword == "required" else 2


def _wrong(flaw: Flaw, name: str, field: str, value: Any) -> errors.VendorError:
    """The refusal of a value that is there. `field` is the last part of its name that is no position in a list."""
    expected = flaw.expected
    if flaw.keyword in ("enum", "const") and expected is not None:
        return errors.not_among(name, expected if isinstance(expected, list) else [expected])
    if flaw.keyword == "type":
        wanted = expected if isinstance(expected, list) else [expected]
        wanted = [str(name_of_type) for name_of_type in wanted if name_of_type != "null"] or ["null"]
        return errors.not_an_integer(name, value) if wanted == ["integer"] else errors.malformed(name, wanted[0], value)
    if flaw.keyword in _LEAST:
        return errors.out_of_range(name, least=expected)
    if flaw.keyword in _MOST:
        return errors.out_of_range(name, most=expected)
    return errors.malformed(name, field or "value", value)
