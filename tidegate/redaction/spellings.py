"""How others may write a secret: escaped, URL-encoded, in hex, in base64. It knows no sink and scrubs nothing."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SECRET_CHARS_MIN = 4
"""A shorter value is not scrubbed: it would take ordinary words apart. `tidegate check` cannot see values."""


UNESCAPED_IN_URLS = ("", "/", "!'()*", "!'()*;,/?:@&=+$#", "*")
"""What writers of URLs leave as it is beside letters, digits and `_.-~`: strict ones, Python's, `encodeURIComponent`
and `encodeURI` (ECMA-262 §19.2.6), forms (WHATWG URL §5.2)."""

ESCAPED_IN_JSON = (("<>&", "x"), ("<>&='", "x"), ("<>&'\"", "X"), ("<>&'\"+`", "X"))
"""What writers of JSON escape though nobody has to, and how they write the digits: Go's and Rails', Gson, PHP with its
JSON_HEX flags, System.Text.Json."""

ENTITIES: tuple[dict[str, str | int | None], ...] = (
    {"<": "&lt;", ">": "&gt;"},
    {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"},
    {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"},
    {"<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"},
    {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;"},
    {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "/": "&#x2F;", "=": "&#x3D;", "`": "&#x60;"},
)
"""What writers of XML and HTML put for single characters, the ampersand apart: XML with and without quotation marks,
most template engines, Go's, OWASP's rule, Mustache."""


def quotations(secret: str) -> Iterator[str]:
    """A secret as a text may quote it: plain, escaped for JSON or HTML, URL-encoded. Mostly they are all the same."""
    yield secret
    yield from _in_json(secret)
    yield from _in_urls(secret)
    yield html.escape(secret)
    for entities in ENTITIES:
        yield secret.replace("&", "&amp;").translate(str.maketrans(entities))


def _in_json(secret: str) -> Iterator[str]:
    """With more or fewer escapes; in a text of JSON, and in one that is itself a text within JSON."""
    for ascii_only in (True, False):
        plain = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        written = [plain, *(_escaped(plain, *form) for form in ESCAPED_IN_JSON)]
        for text in (*written, *(text.replace("/", "\\/") for text in written)):
            yield text
            yield text.replace("\\", "\\\\")


def _escaped(text: str, characters: str, digits: str) -> str:
    """A text of JSON with these characters as `u` and four digits. A quotation mark has its backslash already."""
    for one in characters:
        text = text.replace("\\" + one if one == '"' else one, f"\\u{ord(one):04{digits}}")
    return text


def _in_urls(secret: str) -> Iterator[str]:
    once = [quote(secret, safe=safe) for safe in UNESCAPED_IN_URLS]
    once += [quote_plus(secret, safe=safe) for safe in ("", "*")]
    once += [encoded.replace("~", "%7E") for encoded in once[-2:]]
    for encoded in (*once, *map(quote, once)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)


def escapes(secret: str) -> Iterator[str]:
    """A secret of which every character is escaped: as `%73` in a URL, or as `u0073` behind a backslash in JSON."""
    raw = secret.encode()
    yield from ("".join(f"%{byte:02{case}}" for byte in raw) for case in "xX")
    units = secret.encode("utf-16-be", "surrogatepass").hex()
    for written in (units, units.upper()):
        yield "".join(f"\\u{written[at : at + 4]}" for at in range(0, len(written), 4))


BYTE_BY_BYTE = (("&#{};", ""), ("&#x{:x};", ""), ("\\x{:02x}", ""), ("\\{:03o}", ""), ("\\u{{{:x}}}", ""),
                ("{}", ","), ("{}", ", "), ("{:02x}", ":"), ("{:02x}", " "), ("{:02x}", "-"))  # fmt: skip
"""How a byte is written, and what stands between two: entities, escapes, a list of numbers (Node's Buffer), a dump."""


def disguises(secret: str) -> Iterator[bytes]:
    """A secret as only a text in small letters shows it: letters changed, UTF-16, base32, byte by byte.

    Too many to be looked for in each answer.
    """
    raw = secret.encode()
    yield from (raw.lower(), raw.replace(b"=", b"=3d").lower())
    yield from (between.join(map(form.format, raw)).encode() for form, between in BYTE_BY_BYTE)
    yield secret.encode("utf-16-le", "surrogatepass")[:-1].lower()
    yield secret.encode("utf-16-be", "surrogatepass")[1:].lower()
    for before in range(5):
        # In base32 five bytes make eight letters (RFC 4648 §6); those that its neighbours share are left out.
        first, end = -(-before * 8 // 5), (before + len(raw)) * 8 // 5
        yield base64.b32encode(bytes(before) + raw)[first:end].lower()


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
