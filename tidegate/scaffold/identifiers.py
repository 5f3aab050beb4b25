"""Names of Python code made of names that a document has: `GetCustomersCustomer` → `get_customers_customer`.

Whatever a document calls a thing, what comes out is a name that Python takes, in ASCII.
"""

import keyword
import re
from collections.abc import Container

NAME_CHARS_MAX = 60
"""A longer name is cut: some ids of operations are whole paths."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]+")
_TAKEN = frozenset({
    "self", "key", "more", "answer", "query", "gateway", "fields", "match", "type", "id", "str", "int", "float", "bool",
    "bytes", "list", "dict", "object", "map", "range", "isinstance", "segment", "deferred", "deferred_of",
    "ensure_success", "read_list", "read_object", "sandbox", "story", "run", "failed", "second", "seconds", "pytest",
})  # fmt: skip
"""Names that the adapter and its test use themselves."""
CLASSES_TAKEN = frozenset({"Fields", "Gateway", "Deferred", "Mapping", "Sequence"})


def snake(text: str) -> str:
    """A name of a function or a variable."""
    words = [word.lower() for word in _WORDS.findall(text)]
    name = "_".join(words)[:NAME_CHARS_MAX].strip("_") or "x"
    return f"n{name}" if name[0].isdigit() else f"{name}_" if keyword.iskeyword(name) else name


def pascal(text: str) -> str:
    """A name of a class."""
    name = "".join(word[:1].upper() + word[1:].lower() for word in _WORDS.findall(text))[:NAME_CHARS_MAX] or "Answer"
    return f"N{name}" if name[0].isdigit() else f"{name}_" if keyword.iskeyword(name) else name


def argument(text: str, taken: Container[str] = ()) -> str:
    """A name of an argument that hides no name which the adapter uses itself, and is none of those taken."""
    name = snake(text)
    return unique(f"{name}_" if name in _TAKEN else name, taken)


def unique(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where it is taken."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}" if name.islower() else f"{name}{number}", number + 1
    return free
