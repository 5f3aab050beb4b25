"""The form by which a list is narrowed: its fields with what was given, and the same as a query for links. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

VALUE_CHARS_MAX = 256
"""So much of a value is shown again; a longer one is refused by whoever reads it."""

Options = tuple[tuple[str, str], ...]
"""Value and label. The empty value is "any"."""

AGES: Options = (
    ("", "any time"), ("5m", "last 5 minutes"), ("15m", "last 15 minutes"), ("1h", "last hour"), ("6h", "last 6 hours"),
    ("24h", "last day"), ("168h", "last week"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilterField:
    """One field. With `options` it is a choice."""

    name: str
    label: str
    options: Options = ()
    hint: str = ""
    value: str = ""


def choice(name: str, label: str, words: Iterable[str], any_label: str = "any") -> FilterField:
    """A field for one of several words."""
    return FilterField(name, label, (("", any_label), *((word, word) for word in words)))


def filled(fields: Iterable[FilterField], query: Mapping[str, str]) -> tuple[FilterField, ...]:
    """The fields with what a query gives for them. A value that is none of the options is one all the same."""
    done = []
    for field in fields:
        value = query.get(field.name, "").strip()[:VALUE_CHARS_MAX]
        more = ((value, value),) if field.options and value not in dict(field.options) else ()
        done.append(replace(field, value=value, options=field.options + more))
    return tuple(done)


def as_query(fields: Iterable[FilterField], **more: str) -> str:
    """What is given, as a query; `more` goes behind it. Empty where nothing is."""
    pairs = [(field.name, field.value) for field in fields if field.value]
    return urlencode(pairs + [(name, value) for name, value in more.items() if value])
