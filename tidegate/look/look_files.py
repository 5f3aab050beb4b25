"""The files that every page of Tidegate shares: its style, and its mark."""

from functools import cache
from importlib.resources import files

LOOK = {"look.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}
"""Name → content type."""


@cache
def look_file(name: str) -> bytes:
    """The content of one of LOOK."""
    assert name in LOOK
    return files("tidegate.look").joinpath(name).read_bytes()
