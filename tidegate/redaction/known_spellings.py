"""Finds known values in a text, in every spelling: what a redactor is compiled to.

A search looks for the heads of the spellings alone, so that a token of a thousand characters costs no more than a short
key; what follows a head is then compared. At each place the longest spelling wins: one secret may begin another.
"""

import re
from collections.abc import Iterable

from tidegate.redaction.spellings import SECRET_CHARS_MIN, spellings

HEAD_CHARS = 12
"""So much of a spelling is searched for. Fewer characters find more that is none; more make the search slower."""


class KnownSpellings:
    """The spellings of `values`, those too short to be scrubbed left out. It does not change."""

    def __init__(self, values: Iterable[str]) -> None:
        spelled = {text for value in values if len(value) >= SECRET_CHARS_MIN for text in spellings(value)}
        ordered = sorted(spelled, key=lambda text: (-len(text), text))
        self.length_max = len(ordered[0]) if ordered else 0
        """Characters of the longest."""
        heads = sorted({text[:HEAD_CHARS] for text in ordered}, key=lambda head: (-len(head), head))
        beginning: dict[str, list[str]] = {head: [] for head in heads}
        for text in ordered:
            beginning[text[:HEAD_CHARS]].append(text)
        short = [text for text in ordered if len(text) < HEAD_CHARS]
        for head, texts in beginning.items():  # a short spelling may begin a head: then that is found in its place
            texts += [text for text in short if text != head and head.startswith(text)]
        self._beginning = {head: tuple(texts) for head, texts in beginning.items()}
        self._heads = re.compile("|".join(map(re.escape, heads))) if heads else None

    def __bool__(self) -> bool:
        return self._heads is not None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where known values stand in a text: begin and end of each, in order, none overlapping."""
        if self._heads is None or (found := self._heads.search(text)) is None:
            return []
        spans: list[tuple[int, int]] = []
        while found is not None:
            begin = found.start()
            known = next((known for known in self._beginning[found[0]] if text.startswith(known, begin)), "")
            if known:
                spans.append((begin, begin + len(known)))
            found = self._heads.search(text, begin + (len(known) or 1))
        return spans

    def replaced(self, text: str, by: str) -> str:
        """The text with `by` in the place of each known value."""
        spans = self.spans(text)
        if not spans:
            return text
        parts, end = [], 0
        for begin, after in spans:
            parts += [text[end:begin], by]
            end = after
        return "".join((*parts, text[end:]))
