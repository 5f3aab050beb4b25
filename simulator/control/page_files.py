"""The files of the page at `/` of the control port: operations, objects, faults and the journal, with buttons.

The page is three files in simulator/control/web, in the look of all of Tidegate's pages; it asks the control API like
everybody else. Nothing here knows what it shows.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tidegate.look.look_files import LOOK, look_file


class PageFile(NamedTuple):
    """One file and the headers it goes with."""

    body: bytes
    headers: Mapping[str, str]


_PARTS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    **{f"/{name}": (name, kind) for name, kind in LOOK.items()},
}

_GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
"""The page shows what vendors' documents and clients' requests say: none of that may run (CSP Level 3)."""


def part(path: str) -> PageFile | None:
    """The file at this path, None where there is none."""
    return _read(path) if path in _PARTS else None


@cache
def _read(path: str) -> PageFile:
    name, kind = _PARTS[path]
    own = files("tidegate.simulator.control").joinpath("web", name)
    body = look_file(name) if name in LOOK else own.read_bytes()
    return PageFile(body, {"Content-Type": kind, **_GUARDS})
