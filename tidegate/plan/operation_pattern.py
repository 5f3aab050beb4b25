"""Patterns of operation ids, as `operations` and the bounds of the vendor file have them: `Post*`."""

from fnmatch import fnmatchcase


def is_pattern(name: str) -> bool:
    """True where a name is a pattern. Operation ids hold no asterisk or question mark."""
    return "*" in name or "?" in name


def matches(pattern: str, operation_id: str) -> bool:
    """True where an id, or a pattern with `*` and `?`, means this operation."""
    # Square brackets mean themselves: ids like `GET /files/{id}[x]` hold them.
    return fnmatchcase(operation_id, pattern.replace("[", "[[]"))
