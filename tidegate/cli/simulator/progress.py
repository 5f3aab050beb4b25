"""Tells on standard error how far the reading of a large document is: a line that counts up on a terminal, else a line.

What is read, and when, is tidegate.openapi.document_file's business.
"""

import sys
from typing import TextIO

from tidegate.openapi.document_file import Progress

SMALL = 0.5
"""Who has read so much with the first piece is done before it could be told."""

STEP = 0.05
"""The share after which a terminal's line is written anew."""


def progress(stream: TextIO | None = None) -> Progress:
    """Something that tells on the stream, standard error where none is given, whether it is a terminal or not."""
    out = sys.stderr if stream is None else stream
    terminal = out.isatty()
    told = 0.0
    begun = False

    def tell(what: str, share: float) -> None:
        nonlocal told, begun
        if not begun and share >= SMALL:
            return
        if not begun and not terminal:
            print(f"{what}: seconds, this once; the next start takes it from the cache", file=out, flush=True)
        if terminal and (share >= told + STEP or share >= 1 or not begun):
            end = "\n" if share >= 1 else ""
            print(f"\r{what}: {share:4.0%}", end=end, file=out, flush=True)
            told = share
        begun = share < 1

    return tell
