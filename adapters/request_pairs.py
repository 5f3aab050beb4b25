"""The pairs of a query or a form made of plain values: a list is repeated, what lies inside something has brackets.

`{"name": "Ada", "tags": ["a", "b"], "address": {"city": "Husum"}}` becomes `name=Ada`, `tags=a`, `tags=b`,
`address[city]=Husum`. Knows no vendor; one that wants `tags[]` is given the name so.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

DEPTH_MAX: Final = 16
"""Values inside values are written so deep."""


def request_pairs(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """The pairs, without those whose value is None. Raises ValueError for values nested without end."""
    return [pair for name, value in values.items() for pair in _pairs(name, value, 0)]


def _pairs(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEPTH_MAX:
        raise ValueError(f"{name}: values are nested deeper than {DEPTH_MAX}")
    if isinstance(value, Mapping):
        for inner, one in value.items():
            yield from _pairs(f"{name}[{inner}]", one, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        objects = any(isinstance(one, Mapping) for one in value)
        for place, one in enumerate(value):
            yield from _pairs(f"{name}[{place}]" if objects else name, one, depth + 1)
    elif value is not None:
        yield name, ("true" if value else "false") if isinstance(value, bool) else str(value)
