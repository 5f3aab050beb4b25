"""How others may write a secret: escaped, URL-encoded, in hex, in base64. It knows no sink and scrubs nothing."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SECRET_CHARS_MIN = 4
"""A shorter value is not scrubbed: it would take ordinary words apart. `tidegate check` cannot see values."""


def quotations(secret: str) -> Iterator[str]:
    """A secret as a text may quote it: plain, escaped for JSON or HTML, URL-encoded. Mostly they are all the same."""
    escaped = [json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]]
    yield from (secret, *escaped, *(text.replace("/", "\\/") for text in escaped))
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    yield html.escape(secret)


def escapes(secret: str) -> Iterator[str]:
    """A secret of which every character is escaped: as `%73` in a URL, or as `u0073` behind a backslash in JSON."""
    raw = secret.encode()
    yield from ("".join(f"%{byte:02{case}}" for byte in raw) for case in "xX")
    units = secret.encode("utf-16-be", "surrogatepass").hex()
    for written in (units, units.upper()):
        yield "".join(f"\\u{written[at : at + 4]}" for at in range(0, len(written), 4))


def spellings(secret: str) -> Iterator[str]:
    """A secret as others may write it: as a text may quote it, wholly escaped, in hex, in base64."""
    raw = secret.encode()
    yield from quotations(secret)
    yield from escapes(secret)
    yield from (raw.hex(), raw.hex().upper())
    for before in range(3):
        # In base64 three bytes make four letters: a secret looks different at each of three places in a longer text.
        # The letters that its neighbours share are left out.
        first = (0, 2, 3)[before]
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(bytes(before) + raw).decode().rstrip("=")
            whole = text[first:] if (before + len(raw)) % 3 == 0 else text[first:-1]
            if len(whole) >= SECRET_CHARS_MIN:
                yield whole
