"""Reads form-encoded text in the deepObject style of OpenAPI 3.0: `shipping[address][city]=Kiel&expand[]=customer`.

Everything stays text, and a list stays a mapping from its positions, because only the schema can tell `metadata[7]`
from the seventh entry of a list. simulator.parameters does that.
"""

import re
from urllib.parse import parse_qsl

Node = str | dict[str, "Node"]

FIELDS_MAX = 1000
"""More fields than this are refused: no request of ours comes near."""

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART = re.compile(r"\[([^\[\]]*)\]")


class FormError(ValueError):
    """The text is not a form. `name` is the field that cannot be read."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def decode(text: str) -> dict[str, Node]:
    """Form text → nested mappings of text. Raises FormError. A field given twice keeps its last value."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict")
    except UnicodeDecodeError:
        raise FormError("", "The form is not UTF-8 text") from None
    except ValueError:
        raise FormError("", f"A form has at most {FIELDS_MAX} fields") from None
    form: dict[str, Node] = {}
    for name, value in pairs:
        if "[" in name or "]" in name:
            _put(form, name, value)
        else:
            _set(form, name, value, name)
    return form


def _put(form: dict[str, Node], name: str, value: str) -> None:
    found = _NAME.match(name)
    if found is None:
        raise FormError(name, f"The brackets in {name!r} do not match")
    parts = [found[1], *_PART.findall(found[2])]
    node = form
    for part in parts[:-1]:
        inner = node.setdefault(part or str(len(node)), {})
        if not isinstance(inner, dict):
            raise FormError(name, f"{name!r} is given as a value and as a group of values")
        node = inner
    _set(node, parts[-1] or str(len(node)), value, name)


def _set(node: dict[str, Node], part: str, value: str, name: str) -> None:
    if isinstance(node.get(part), dict):
        raise FormError(name, f"{name!r} is given as a value and as a group of values")
    node[part] = value
