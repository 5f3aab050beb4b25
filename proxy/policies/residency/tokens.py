"""Tokens that stand for texts: keyed, the same for the same text, in the format that the text has.

    format      how it is known                  its token
    e-mail      one @, a dot after it            <word>@example.com (RFC 2606 §3: nobody's mailbox)
    phone       + and 7 to 15 digits             +999 and 12 digits: no country has this code (ITU E.164)
    digits      digits alone                     24 digits
    text        anything else                    <word>

A word is `tgt-` and 26 letters and digits: half of it says which text it stands for, half that we made it. So a token
that comes back (a replay, a lookup, an app that saw it at the vendor) is known as one, and goes on as it is. A
reversible word is `tgr-` and the text itself, encrypted (AES-SIV, RFC 5297): e-mail addresses and texts have one.

Of a text that can be guessed (a phone number) a token without the key tells nothing. Pure.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 32
REVERSIBLE_BYTES_MAX = 1024
"""A longer text has no reversible token."""
_MAILBOX_CHARS_MAX = 64
"""RFC 5321 §4.5.3.1.1: of the part before the @."""

_EMAIL = re.compile(r"[^@\s]{1,256}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+[0-9][0-9 ().-]{5,22}[0-9]")
_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"tgt-[a-z2-7]{26}")
_ENCRYPTED = re.compile(r"tgr-[a-z2-7]+")
_OWN_DOMAIN = "example.com"
_NO_COUNTRY = "+999"


class Tokens:
    """The tokens of one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a key of tokens has 32 bytes")
        self._key = hashlib.blake2b(key, person=b"tidegate-tokens").digest()[:32]
        self._cipher = AESSIV(hashlib.blake2b(key, person=b"tidegate-revers").digest()[:64])

    def token(self, text: str, *, reversible: bool = False) -> str | None:
        """The token of a text, or the text where it is one already. None where it has no token that can be had back."""
        if not text or self.is_token(text):
            return text
        if reversible:
            return self._encrypted(text)
        return self._made(text)

    def is_token(self, text: str) -> bool:
        """Whether this is a token of this key."""
        word, at, domain = text.partition("@")
        if at and domain != _OWN_DOMAIN:
            return False
        if _WORD.fullmatch(word):
            return hmac.compare_digest(word[17:], self._word("mark", word[4:17], 13))
        if _ENCRYPTED.fullmatch(word):
            return self._decrypted(word) is not None
        digits = text.removeprefix(_NO_COUNTRY)
        half = {12: 6, 24: 12}.get(len(digits), 0)
        if not half or not _DIGITS.fullmatch(digits) or (half == 6) != text.startswith(_NO_COUNTRY):
            return False
        return hmac.compare_digest(digits[half:], self._number("mark", digits[:half], half))

    def reveal(self, token: str) -> str | None:
        """The text of a reversible token; None where this is none of this key's."""
        word = token.removesuffix("@" + _OWN_DOMAIN)
        return self._decrypted(word) if _ENCRYPTED.fullmatch(word) else None

    def _made(self, text: str) -> str:
        kind, of = _kind(text)
        if kind in ("phone", "digits"):
            half = 6 if kind == "phone" else 12
            number = self._number(kind, of, half)
            return (_NO_COUNTRY if kind == "phone" else "") + number + self._number("mark", number, half)
        first = self._word(kind, of, 13)
        word = f"tgt-{first}{self._word('mark', first, 13)}"
        return f"{word}@{_OWN_DOMAIN}" if kind == "email" else word

    def _encrypted(self, text: str) -> str | None:
        plain = text.encode("utf-8", "surrogatepass")
        if len(plain) > REVERSIBLE_BYTES_MAX:
            return None
        sealed = self._cipher.encrypt(plain, None)
        word = "tgr-" + base64.b32encode(sealed).decode().rstrip("=").lower()
        if _kind(text)[0] != "email":
            return word
        return f"{word}@{_OWN_DOMAIN}" if len(word) <= _MAILBOX_CHARS_MAX else None

    def _decrypted(self, word: str) -> str | None:
        coded = word.removeprefix("tgr-").upper()
        try:
            sealed = base64.b32decode(coded + "=" * (-len(coded) % 8))
            return self._cipher.decrypt(sealed, None).decode("utf-8", "surrogatepass")
        except (ValueError, InvalidTag):
            return None

    def _word(self, kind: str, text: str, chars: int) -> str:
        return base64.b32encode(self._digest(kind, text)).decode().lower()[:chars]

    def _number(self, kind: str, text: str, digits: int) -> str:
        return f"{int.from_bytes(self._digest(kind, text)[:16], 'big') % 10**digits:0{digits}}"

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{text}".encode("utf-8", "surrogatepass"), "sha256")


def _kind(text: str) -> tuple[str, str]:
    """The format of a text, and what is taken for it: two spellings of one phone number have one token."""
    if _EMAIL.fullmatch(text):
        return "email", text.casefold()
    if _PHONE.fullmatch(text) and len(digits := _without_marks(text)) <= 15:
        return "phone", digits
    return ("digits", text) if _DIGITS.fullmatch(text) else ("text", text)


def _without_marks(text: str) -> str:
    return "".join(filter(str.isdigit, text))


MakeToken = Callable[[str, bool], str | None]
"""Text, and whether its token is to be reversible → its token."""
