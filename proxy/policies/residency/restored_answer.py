"""Puts texts back where an answer holds their reversible tokens: for the apps that may see them, and for no other.

A token is known by its form and opens under its key alone, so nothing else in an answer changes. The text is written as
the answer's media type has it: escaped in JSON, encoded in a form. Pure.
"""

import json
import re
from urllib.parse import quote_plus

from tidegate.policy.data import Data
from tidegate.proxy.policies.residency.tokens import Tokens

TOKENS_MAX = 10_000
"""In one answer so many are looked at; the rest stay."""
SIGN = b"tgr-"
"""Without it an answer holds none."""

_TOKEN = re.compile(rb"tgr-[a-z2-7]{26,1700}(?:@example\.com)?(?![a-z2-7@])")


def restores_for(data: Data, home: str) -> bool:
    """Whether an app at `home` gets texts back."""
    return bool(data.reversible) and any(region in ("*", home) for region in data.restore)


def restored(body: bytes, media: str, tokens: Tokens) -> bytes:
    """The body with the texts in the place of their tokens; the very same where it holds none of this key."""
    if SIGN not in body:
        return body

    def text(found: "re.Match[bytes]") -> bytes:
        revealed = tokens.reveal(found[0].decode())
        return found[0] if revealed is None else _written(revealed, media)

    changed = _TOKEN.sub(text, body, count=TOKENS_MAX)
    return body if changed == body else changed


def _written(text: str, media: str) -> bytes:
    if media == "application/x-www-form-urlencoded":
        text = quote_plus(text, errors="surrogatepass")
    elif media.endswith("json"):
        text = json.dumps(text, ensure_ascii=False)[1:-1]
    return text.encode("utf-8", "surrogatepass")
