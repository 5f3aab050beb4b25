"""Form-encoded text, read: `shipping[address][city]=Kiel&expand[]=customer&Event=a&Event=b`.

Brackets group, as in the deepObject style of OpenAPI 3.0; a name given twice becomes a list, in brackets too.
Everything stays text, and what stands under brackets stays a mapping from positions, because only the schema can tell
`metadata[7]` from the seventh entry of a list: simulator.request.coercion does that.
"""

import re
from collections.abc import Collection, Container, Iterator
from urllib.parse import parse_qs, unquote_to_bytes

Node = str | list[str] | dict[str, "Node"]

FIELDS_MAX = 1000
"""More fields than this are refused: no request of ours comes near."""

DEPTH_MAX = 32
"""More brackets than this in a name are refused."""

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART = re.compile(r"\[([^\[\]]*)\]")


class FormError(ValueError):
    """The text is not a form. `name` is the field that cannot be read."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names, decoded, and values, as they stand, of form text or a query. Raises FormError."""
    if text.count("&") >= FIELDS_MAX:
        raise FormError("", f"A form has at most {FIELDS_MAX} fields")
    for piece in text.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            yield plain(name), value


def plain(text: str) -> str:
    """Percent-decoded, plus signs read as spaces. Raises FormError."""
    if "%" not in text and "+" not in text:
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError:
        raise FormError("", "The form is not UTF-8 text") from None


def decode(text: str, whole: Container[str] = ()) -> dict[str, Node]:
    """Form text → nested mappings of text. Raises FormError. Names in `whole` are taken as they are, with brackets."""
    form: dict[str, Node] = {}
    encoded = "%" in text or "+" in text
    for name, value in pairs(text):
        text_value = plain(value) if encoded else value
        if name in form or "[" in name or "]" in name:
            put(form, name, text_value, whole)
        else:
            form[name] = text_value
    return form


def form_fields(text: str) -> dict[str, str]:
    """The fields of a form or a query by their whole names; of one that is given twice, the first."""
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def put(form: dict[str, Node], name: str, value: str, whole: Container[str] = ()) -> None:
    """Put one field where its name says. Raises FormError."""
    if ("[" in name or "]" in name) and name not in whole:
        _put_inside(form, name, value)
    elif name not in form:
        form[name] = value
    elif isinstance(known := form[name], list):
        known.append(value)
    elif isinstance(known, str):
        form[name] = [known, value]
    else:
        raise _two_ways(name)


def listed(text: str, separator: str | None) -> Node:
    """The list that a field holds which is given once."""
    if not text:
        return []
    return text.split(separator) if separator else [text]


def paired(text: str, separator: str) -> Node:
    """The object that a field holds as names and values in turn (`color=R,100,G,200`)."""
    pieces = text.split(separator)
    return dict(zip(pieces[::2], pieces[1::2], strict=False))


def gather(form: dict[str, Node], name: str, parts: Collection[str]) -> None:
    """Put these fields, which stand by themselves, into the object that they are parts of (`R=100&G=200`)."""
    found = {part: form.pop(part) for part in parts if part in form} if name not in form else {}
    if found:
        form[name] = found


def _put_inside(form: dict[str, Node], name: str, value: str) -> None:
    match = _NAME.match(name)
    if match is None:
        raise FormError(name, f"The brackets in {name!r} do not match")
    parts = [match[1], *_PART.findall(match[2])]
    if len(parts) > DEPTH_MAX:
        raise FormError(name, f"A name has at most {DEPTH_MAX} parts")
    node = form
    for part in parts[:-1]:
        inner = node.setdefault(part or str(len(node)), {})
        if not isinstance(inner, dict):
            raise _two_ways(name)
        node = inner
    last = parts[-1] or str(len(node))
    known = node.get(last)
    if isinstance(known, dict):
        raise _two_ways(name)
    node[last] = value if known is None else [*(known if isinstance(known, list) else [known]), value]


def _two_ways(name: str) -> FormError:
    return FormError(name, f"{name!r} is given as a value and as a group of values")
