"""The values of a tidegate.yaml that is in force, each with its key, as one would write it. Nothing secret is in it.

A secret stands in a configuration by its reference alone. Of a token's hash its id is shown; of an address no user and
no password; of one that Tidegate posts to its host alone, since who knows the whole of it may post there too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.console.shown_values import plain
from tidegate.proxy.identity.token_hash import TokenHash

ROWS_MAX = 2000
"""More values are not shown: apps and tokens may be a thousand each."""
_USERINFO = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class ConfiguredValue:
    """One value, its key as `use.stripe.base_url`."""

    key: str
    text: str
    set: bool
    """False for a default."""


def configured_values(config: BaseModel, redact: Callable[[str], str] = str) -> list[ConfiguredValue]:
    """The values, in the order of the documentation. `redact` takes known secrets out of each."""
    rows = list[ConfiguredValue]()
    for row in _values(config, ""):
        rows.append(replace(row, text=redact(row.text)))
        if len(rows) >= ROWS_MAX:
            break
    return rows


def _values(block: BaseModel, prefix: str) -> Iterator[ConfiguredValue]:
    for name, field in type(block).model_fields.items():
        value = getattr(block, name)
        default = field.get_default(call_default_factory=True, validated_data={})
        yield from _of(f"{prefix}{name}", value, written=_plain(block, name, value), is_set=value != default)


def _of(key: str, value: object, *, written: object, is_set: bool) -> Iterator[ConfiguredValue]:
    if isinstance(value, BaseModel):
        if is_set or not key.count("."):
            yield from (ConfiguredValue(row.key, row.text, row.set and is_set) for row in _values(value, f"{key}."))
    elif isinstance(value, Mapping) and value:
        for name, one in value.items():
            plain = written.get(str(name), one) if isinstance(written, Mapping) else one
            yield from _of(f"{key}.{name}", one, written=plain, is_set=is_set)
    elif isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value):
        for place, one in enumerate(value, 1):
            yield from _of(f"{key}[{place}]", one, written=None, is_set=is_set)
    else:
        yield ConfiguredValue(key, _text(value, written), is_set)


def _plain(block: BaseModel, name: str, value: object) -> Any:
    """The value as JSON has it; where it has none, as Python writes it."""
    if isinstance(block, AppEndpoint) and name == "url":
        parts = urlsplit(str(value))
        return f"{parts.scheme}://{parts.netloc}/…"
    if isinstance(value, TokenHash | BaseModel):
        return None
    try:
        return block.model_dump(mode="json", include={name}, warnings=False)[name]
    except ValueError:
        return str(value)


def _text(value: object, written: object) -> str:
    if isinstance(value, TokenHash):
        return f"sha256:{value.id}:…"
    if value is None or value in ((), {}):
        return "none"
    as_python = written is None or (isinstance(written, dict) and not isinstance(value, Mapping))
    return _USERINFO.sub("…@", plain(value if as_python else written))
