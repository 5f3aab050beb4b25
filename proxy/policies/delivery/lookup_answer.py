"""What a lookup asks, and what its answer says of a write whose outcome is unknown. Pure.

One page is asked for. Where the answer tells of a further one (a `Link` to the next, RFC 8288; `has_more` beside the
list), or holds more than is looked at, what does not stand in it is not known to be absent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, urlencode

from tidegate.json_pointer import at_pointer
from tidegate.policy.deferral.lookup import BRACED, Lookup
from tidegate.proxy.policies.delivery.outbox_decision import LookupResult
from tidegate.proxy.policies.delivery.request_fields import filled, text_at

ELEMENTS_MAX = 1000
"""So many elements of the lists in an answer are looked at."""

_NEXT = re.compile(r';\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)', re.IGNORECASE)

NOT_FOUND = (404, 410)
"""The vendor says that there is no such thing."""


class LookupFinding(NamedTuple):
    """What a lookup found. `reference` is the vendor's own id; empty where it is not known."""

    result: LookupResult
    reference: str = ""


def target_of(lookup: Lookup, template: str, document: object, words: Mapping[str, str]) -> str | None:
    """The path, with its query, of a lookup by an operation with this template; None where something is missing.

    `document` is that of the write's body, `words` are its path parameters and its key.
    """
    values = {name: filled(text, document, words) for name, text in lookup.by.items()}
    known = {name: value for name, value in values.items() if value is not None}
    parameters = BRACED.findall(template)
    if len(known) < len(values) or not set(parameters) <= known.keys():
        return None
    path = BRACED.sub(lambda found: quote(known[found[1]], safe=""), template)
    query = urlencode({name: value for name, value in known.items() if name not in parameters})
    return f"{path}?{query}" if query else path


def finding_of(
    lookup: Lookup, status: int, document: object, value: str | None, links: Sequence[str] = ()
) -> LookupFinding:
    """What an answer says. `document` is its JSON, None where it has none; `value` is what is to be found in it.

    `links` are the values of its header Link.
    """
    if status in NOT_FOUND:
        return LookupFinding("absent")
    if not 200 <= status < 300:
        return LookupFinding("cannot tell")
    if lookup.found is None:
        return LookupFinding("found", _reference(lookup, document, ()))
    if document is None or value is None:
        return LookupFinding("cannot tell")
    steps = lookup.found.pointer.split("/")[1:]
    looked_at = 0
    for looked_at, (text, places) in enumerate(islice(_texts(document, steps, ()), ELEMENTS_MAX + 1), 1):
        if text == value and looked_at <= ELEMENTS_MAX:
            return LookupFinding("found", _reference(lookup, document, places))
    is_whole = looked_at <= ELEMENTS_MAX and not any(map(_NEXT.search, links)) and not _has_more(document, steps)
    return LookupFinding("absent" if is_whole else "cannot tell")


def _has_more(document: object, steps: list[str]) -> bool:
    """Whether the list that a pointer leads to first is one page of several, by the word that most vendors have."""
    before = steps[: steps.index("*")][:-1] if "*" in steps else steps
    return "*" in steps and at_pointer(document, "".join(f"/{step}" for step in (*before, "has_more"))) is True


def _texts(document: object, steps: list[str], places: tuple[int, ...]) -> Iterator[tuple[str | None, tuple[int, ...]]]:
    """Each text that a pointer leads to, with the places in the lists that its `*` stand for."""
    if "*" not in steps:
        yield text_at({"": document}, "/" + "/".join(["", *steps])), places
        return
    at = steps.index("*")
    inner: object = document
    for step in steps[:at]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(inner, dict):
            inner = inner.get(name)
        elif isinstance(inner, list) and name.isdigit() and int(name) < len(inner):
            inner = inner[int(name)]
        else:
            return
    if isinstance(inner, list):
        for place, element in enumerate(inner):
            yield from _texts(element, steps[at + 1 :], (*places, place))


def _reference(lookup: Lookup, document: object, places: tuple[int, ...]) -> str:
    if lookup.reference is None:
        return ""
    stars = iter(places)
    steps = [str(next(stars, 0)) if step == "*" else step for step in lookup.reference.split("/")]
    reference = text_at(document, "/".join(steps)) or ""
    return "" if "\0" in reference else reference  # what no store can hold is no id
