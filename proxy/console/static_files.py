"""The console's static files: style, script, mark. Each has its digest in its address, so that it is kept for ever."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from tidegate.look.look_files import LOOK, look_file

KINDS = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    **LOOK,
}
DIGEST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file."""

    body: bytes
    content_type: str
    digest: str


@cache
def static_file(name: str) -> StaticFile | None:
    """The file of this name; None where there is none."""
    if name not in KINDS:
        return None
    own = files("tidegate.proxy.console").joinpath("static", name)
    body = look_file(name) if name in LOOK else own.read_bytes()
    return StaticFile(body, KINDS[name], sha256(body).hexdigest()[:DIGEST_DIGITS])


def static_address(name: str) -> str:
    """Its address below the console's, with its digest."""
    file = static_file(name)
    assert file is not None
    return f"/static/{name}?{file.digest}"
