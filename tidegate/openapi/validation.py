"""Joins the files of one document and validates it with prance and the OpenAPI validator: a program of its own.

Run as `python -m tidegate.openapi.validation FILE`; it prints the first complaint, or nothing. It is a process because
the validator takes seconds and hundreds of megabytes for a large document, and has no end for some: whoever starts it
gives it a time, and it takes no more memory than `MEMORY_BYTES_MAX`. Only references to files are joined: those inside
the document stay, for a document that holds itself has no end when it is written out.
"""

import resource
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from urllib.parse import ParseResult, unquote, urlparse

import orjson

from tidegate.json_pointer import steps_of
from tidegate.openapi.document_cache import DocumentCache
from tidegate.openapi.document_file import read_file

MEMORY_BYTES_MAX = 2 << 30
SHOWN_MAX = 300


def complaint(path: Path, *, within_s: float) -> str:
    """The validator's first complaint about the document in a file, empty where it has none. Nothing is fetched.

    The caller has looked that every reference stays in the document's folder.
    """
    command = [sys.executable, "-m", "tidegate.openapi.validation", str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=within_s)  # noqa: S603 - us
    except subprocess.TimeoutExpired:
        return f"the validator was not done after {within_s:g} seconds, and was stopped"
    if done.returncode:
        return f"the validator gave up: {_short(done.stderr.splitlines()[-1] if done.stderr else 'without a word')}"
    return _short(done.stdout)


def validated(path: Path) -> str:
    """The complaint, made in this process. Raises whatever the validator raises on documents that it did not expect."""
    from prance import BaseParser, ValidationError  # type: ignore[import-untyped]  # has no types
    from prance.util import url as prance_url  # type: ignore[import-untyped]  # has no types
    from prance.util.resolver import (  # type: ignore[import-untyped]  # has no types
        RESOLVE_FILES,
        RefResolver,
        permissive_object_on_recursion,
    )

    tree = read_file(path, cache=DocumentCache.of_this_user())
    try:
        joined = RefResolver(
            tree,
            ParseResult("file", "", str(path.resolve()), "", "", ""),
            resolve_types=RESOLVE_FILES,
            recursion_limit_handler=permissive_object_on_recursion,
        )
        with patch.object(prance_url, "split_url_reference", partial(_decoded, prance_url.absurl)):
            joined.resolve_references()
        with TemporaryDirectory() as folder:
            whole = Path(folder) / "document.json"  # given as text, it would be taken for YAML, and read for a minute
            whole.write_bytes(orjson.dumps(joined.specs))
            BaseParser(url=str(whole), backend="openapi-spec-validator", strict=False)
    except (ValidationError, prance_url.ResolutionError) as error:
        return f"the validator says: {error}"
    return ""


def _decoded(absurl: Any, base: Any, reference: str) -> tuple[Any, list[str]]:
    """Stands in for prance's own reading of a reference, which leaves percent signs in names as they are.

    RFC 3986 §2.4 decodes the parts of an address once they are taken apart, RFC 6901 §6 the pointer before its tokens.
    """
    parts = urlparse(reference)
    return absurl(parts._replace(path=unquote(parts.path)), base), steps_of(unquote(parts.fragment))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SHOWN_MAX else f"{words[:SHOWN_MAX]}…"


def main() -> None:
    """Print the complaint."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    warnings.simplefilter("ignore")  # the validator's own use of its libraries
    print(validated(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
