"""The place of a file that is made where there is none: a slip in it would be the name of a new file. Opens none."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

_VARIABLE = re.compile(r"\$[A-Za-z_{(]|\{\{")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""The beginning of a URL (RFC 3986 §3.1), of a reference to a secret, or of a path with a drive."""


def checked_path(written: str) -> str:
    """The path of a file that is made where there is none, as it is written. Raises ValueError where it is a slip."""
    if not written.strip():
        raise ValueError("nothing is written here; write the path of a file")
    if _VARIABLE.search(written):
        raise ValueError("no variable is filled in here; write the path itself")
    if written.startswith("~"):
        raise ValueError("~ is no home folder here; write the path itself, with ./ before such a name")
    begin = _SCHEME.match(written)
    if begin is not None:
        what = f"nothing that begins with {begin[0]} is read here"  # the rest of it may hold a password
        raise ValueError(f"{what}; write the path itself, with ./ before such a name")
    return written


def _checked(path: Path) -> Path:
    checked_path(str(path))
    return path


NewPath = Annotated[Path, AfterValidator(_checked)]
"""The path of a file or folder that is made where there is none."""
