"""The progress of reading a large document, on standard error: a line that counts up on a terminal, else one line.

What is read, and when, is tidegate.openapi.document_file's business.
"""

import sys
from typing import TextIO

from tidegate.openapi.files.yaml_values import Progress

SMALL = 0.5
"""A reader that has this share after the first piece is done before a line could be read."""

STEP = 0.05
"""The share after which a terminal's line is written anew."""


def progress(stream: TextIO | None = None) -> Progress:
    """A reporter of progress on the stream: standard error where none is given."""
    out = sys.stderr if stream is None else stream
    terminal = out.isatty()
    shown = 0.0
    begun = False

    def show(what: str, share: float) -> None:
        nonlocal shown, begun
        if not begun and share >= SMALL:
            return
        if not begun and not terminal:
            print(f"{what}: seconds, this once; the next start takes it from the cache", file=out, flush=True)
        if terminal and (share >= shown + STEP or share >= 1 or not begun):
            end = "\n" if share >= 1 else ""
            print(f"\r{what}: {share:4.0%}", end=end, file=out, flush=True)
            shown = share
        begun = share < 1

    return show
