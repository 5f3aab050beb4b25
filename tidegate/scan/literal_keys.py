"""Keys as literals: texts of a vendor's known form, and values that stand where a key belongs.

A text that is only an example, a placeholder or a name of a variable is none.
"""

import math
import re
from collections import Counter

_FORMS = {
    "stripe": r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,}",
    "openai": r"sk-(?!ant-)(?:proj-|svcacct-)?(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{32,}",
    "anthropic": r"sk-ant-[A-Za-z0-9]{2,8}-?[A-Za-z0-9_-]{24,}",
    "github": r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}",
    "gitlab": r"glpat-[A-Za-z0-9_-]{20,}",
    "slack": r"xox[abposr]-[0-9A-Za-z-]{20,}|https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}",
    "sendgrid": r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32,}",
    "shopify": r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
    "twilio": r"SK[0-9a-f]{32}",
    "aws": r"(?:AKIA|ASIA)[A-Z2-7]{16}",
    "google": r"AIza[0-9A-Za-z_-]{35}",
}
_KNOWN = re.compile(
    "|".join(f"(?P<{vendor}>(?<![A-Za-z0-9_-])(?:{form})(?![A-Za-z0-9]))" for vendor, form in _FORMS.items())
)
_EXAMPLE = re.compile(
    r"example|your|placeholder|changeme|change_me|dummy|fake|redacted|insert|todo|sample|x{4,}|\*{3,}|\.{3}|<[^>]+>|\{|\$"
    r"|0{8}|1234567|abcdef|deadbeef|(.)\1{5}",
    re.IGNORECASE,
)
KEY_NAME = re.compile(
    r"api_?key|secret|(?:auth|access|bearer|api|bot|app)_?token|^token$|password|private_?key", re.IGNORECASE
)
"""Names of arguments and fields that hold a key."""
_TOKEN = re.compile(r"[A-Za-z0-9_+/=.:-]{16,512}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+(?:[._-][a-z]+)+")
BITS_MIN = 3.2
"""A made-up word has fewer bits for each of its letters than a key."""
TEXT_CHARS_MAX = 10_000


def known_key(text: str) -> str:
    """The vendor whose key a text holds; empty where it holds none."""
    if len(text) < 16:
        return ""
    for found in _KNOWN.finditer(text[:TEXT_CHARS_MAX]):
        if not _EXAMPLE.search(found[0]):
            return found.lastgroup or ""
    return ""


def looks_like_key(text: str) -> bool:
    """Whether a text that stands where a key belongs is one, and not a placeholder or a variable's name."""
    text = text.removeprefix("Bearer ").removeprefix("Basic ").removeprefix("token ").strip()
    if "://" in text or not _TOKEN.fullmatch(text) or _EXAMPLE.search(text) or _VARIABLE.fullmatch(text):
        return False
    return any(char.isdigit() for char in text) and _bits(text) >= BITS_MIN


def _bits(text: str) -> float:
    """The entropy of a text's letters, in bits for each."""
    return -sum(times / len(text) * math.log2(times / len(text)) for times in Counter(text).values())
