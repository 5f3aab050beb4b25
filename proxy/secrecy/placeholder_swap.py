"""Puts secrets in the places of placeholders, in a copy of a request that is about to be written for the vendor.

The request itself keeps its placeholders: so do its fingerprint, its record, and its row in the outbox. A place is
looked at only where the vendor file declares it.

An app's own token begins as a placeholder does, so one that was put in a declared place by mistake is refused too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus

from tidegate.policy.privacy.placeholders import PlaceholderPlaces
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.reply import DIGESTS
from tidegate.proxy.secrecy.placeholder_texts import Grant, PlaceholderRefused, header_value, with_members, with_pairs
from tidegate.proxy.wire.exchange_errors import NotSent

_SIGNS = (b"tg_", b"%", b"\\u")
"""A body without any of these holds no placeholder, encoded or not."""
_FORM = "application/x-www-form-urlencoded"


def swapping(
    places: PlaceholderPlaces, grant_of: Callable[[Call], Grant], write: Callable[[Call], bytes]
) -> Callable[[Call], bytes]:
    """What `write` writes, with secrets in it. A grant that was taken back since the call was let in is not sent."""
    swap = PlaceholderSwap(places)

    def written(call: Call) -> bytes:
        try:
            return write(swap.swapped(call, grant_of(call)))
        except PlaceholderRefused as error:
            raise NotSent("http_request_denied", str(error)) from None

    return written


@dataclass(frozen=True, slots=True)
class PlaceholderSwap:
    """The places of one operation."""

    places: PlaceholderPlaces

    def swapped(self, call: Call, grant: Grant) -> Call:
        """A copy of the call with secrets in it; the very call where it has no placeholder.

        Raises PlaceholderRefused.
        """
        path, lines, content = self._path(call.path, grant), self._lines(call, grant), call.content
        if self.places.in_body and content.whole:
            body = self._body(call, content.whole, grant)
            if body is not content.whole:
                content = WholeContent(body)
                lines = [line for line in lines or call.raw_headers if line[0].lower() not in DIGESTS]
        if path is call.path and lines is None and content is call.content:
            return call
        return replace(call, path=path, raw_headers=call.raw_headers if lines is None else lines, content=content)

    def _path(self, path: str, grant: Grant) -> str:
        if not self.places.query or "?" not in path:
            return path
        bare, mark, query = path.partition("?")
        changed = with_pairs(query, self.places.query, "query parameter", grant, lambda text: quote(text, safe=""))
        return path if changed is query else bare + mark + changed

    def _lines(self, call: Call, grant: Grant) -> list[tuple[bytes, bytes]] | None:
        """The header lines with secrets; None where nothing is changed."""
        names = {name.lower().encode(): name for name in self.places.headers}
        if not any(name in call.headers for name in self.places.headers):
            return None
        lines = [
            (name, header_value(value, names[name.lower()], grant) if name.lower() in names else value)
            for name, value in call.raw_headers
        ]
        return lines if lines != [*call.raw_headers] else None

    def _body(self, call: Call, body: bytes, grant: Grant) -> bytes:
        media = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if "Content-Encoding" in call.headers or not any(sign in body for sign in _SIGNS):
            return body
        if media == _FORM and self.places.form:
            text = body.decode("latin-1")
            changed = with_pairs(text, self.places.form, "form field", grant, quote_plus)
            return body if changed is text else changed.encode("latin-1")
        if media.endswith("json") and self.places.fields:
            return with_members(body, self.places.fields, grant)
        return body
