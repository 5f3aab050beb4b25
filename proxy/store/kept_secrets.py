"""Takes a vendor's secrets out of an answer before it is kept, and puts them back before it is given again.

A vendor that repeats our credential must not get it written to a disk, which backups copy; and an answer that is given
again must be what the vendor said. So each secret stands in the record as a mark that names it and does not tell it.
Whoever makes the vendor repeat a mark gets it back as a mark: what looks like one is marked itself. A secret that has
been changed meanwhile cannot be put back; the answer then says `[redacted]` in its place.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

from tidegate.content_coding import decoded
from tidegate.proxy.call.reply import DIGESTS, RawHeaders
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX
from tidegate.redaction.secret import REDACTED
from tidegate.redaction.spellings import SECRET_CHARS_MIN, spellings

_OPEN = b"\x1atidegate-secret:"
_MARK = re.compile(re.escape(_OPEN) + rb"(\d+-[0-9a-f]{4}|itself);")


class KeptSecrets:
    """The secrets of one vendor, in every spelling that an answer may repeat them in."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {text.encode() for secret in secrets if len(secret) >= SECRET_CHARS_MIN for text in spellings(secret)}
        # Where a shorter one stands in it, a longer spelling is found by that; both ways round the text comes back.
        needed = [text for text in found if not any(other != text and other in text for other in found)]
        self._spelled = tuple(sorted(needed, key=lambda text: (-len(text), text)))
        self._marks: Mapping[bytes, bytes] = {text: _mark_of(text, place) for place, text in enumerate(self._spelled)}
        self._texts = {mark[len(_OPEN) : -1]: text for text, mark in self._marks.items()} | {b"itself": _OPEN}

    def hidden(self, headers: RawHeaders, body: bytes) -> tuple[RawHeaders, bytes]:
        """An answer as it may be kept. One whose coding hides a secret is kept without the coding."""
        if len(body) > BODY_KEPT_BYTES_MAX:
            return headers, body  # it is not kept
        coding = b", ".join(value for name, value in headers if name.lower() == b"content-encoding").decode("latin-1")
        if coding.strip().lower() not in ("", "identity"):
            plain = decoded(body, coding, BODY_KEPT_BYTES_MAX)
            if plain is not None and self._holds(plain):
                body = plain
                headers = [line for line in headers if line[0].lower() not in _OF_THE_CODING]
        whole = b"\n".join((body, *[value for _, value in headers]))
        if not (_OPEN in whole or self._holds(whole)):  # nearly always: looked at once, not line by line
            return headers, body
        return [(name, self._marked(value)) for name, value in headers], self._marked(body)

    def shown(self, headers: RawHeaders, body: bytes) -> tuple[RawHeaders, bytes]:
        """A kept answer as the vendor gave it."""
        return [(name, self._unmarked(value)) for name, value in headers], self._unmarked(body)

    def _holds(self, data: bytes) -> bool:
        return any(text in data for text in self._spelled)

    def _marked(self, data: bytes) -> bytes:
        if _OPEN in data:
            data = data.replace(_OPEN, _OPEN + b"itself;")
        for text in self._spelled:
            if text in data:
                data = data.replace(text, self._marks[text])
        return data

    def _unmarked(self, data: bytes) -> bytes:
        if _OPEN not in data:
            return data
        return _MARK.sub(lambda found: self._texts.get(found[1], REDACTED.encode()), data)


_OF_THE_CODING = DIGESTS | {b"content-encoding", b"content-length"}


def _mark_of(text: bytes, place: int) -> bytes:
    """The mark of one spelling. Four digits of a hash tell a changed secret from the one before, and no more."""
    return _OPEN + b"%d-%b;" % (place, hashlib.sha256(text).hexdigest()[:4].encode())
