"""Bodies that are one record after the other: tables with commas or tabs (RFC 4180), and lines of JSON.

It knows no schema: every cell is a text.
"""

import csv
import io
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.media_types import TABLES
from tidegate.simulator.request.json_text import JsonError, parsed

ROWS_MAX = 100_000
"""More rows, or lines, than this are refused."""


def rows(text: str, media: str, *, named: bool) -> list[Any]:
    """The rows of a table; `named`: as objects, by the names in the first. Raises errors.VendorError."""
    source = io.StringIO(text.removeprefix("\ufeff"), newline="")
    try:
        found = []
        for row in csv.reader(source, delimiter=TABLES[media], strict=True):
            if row:
                found.append(row)
            if len(found) > ROWS_MAX:
                raise errors.refused(f"The body has more than {ROWS_MAX} rows.")
    except csv.Error as error:
        raise errors.refused(f"The body is no table: {error}.") from None
    if not named or not found:
        return found
    return [dict(zip(found[0], row, strict=False)) for row in found[1:]]


def lines(body: bytes) -> list[Any]:
    """The values of lines of JSON; RFC 7464's separator before each is passed over. Raises errors.VendorError."""
    found: list[Any] = []
    for number, line in enumerate(body.replace(b"\x1e", b"").split(b"\n"), 1):
        if not line.strip():
            continue
        if len(found) == ROWS_MAX:
            raise errors.refused(f"The body has more than {ROWS_MAX} lines.")
        try:
            found.append(parsed(line))
        except JsonError as error:
            raise errors.refused(f"Line {number} of the body {error}.") from None
    return found
