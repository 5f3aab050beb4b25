"""Believable text for a field: by its format, its name, its pattern and its length.

Faker is too slow to ask for each object, so each kind of text has a small pool, filled once from the seed. It knows
single fields only, and no schema beyond one level.
"""

import base64
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from tidegate.openapi.validator import format_check, pattern_matches
from tidegate.values.regex_strings import LETTERS_MAX, Pick, matching

if TYPE_CHECKING:
    from faker import Faker

MATCHES_MAX = 16
"""So many texts are tried for a field with a pattern and a format, or with several patterns."""

POOL = 32
"""The number of texts that are made of each kind."""

EPOCH = 1_704_067_200
"""Moments that nobody sent lie in the year that begins here: seconds since 1970."""
YEAR_S = 31_536_000

_FORMATS: Mapping[str, str] = {
    "email": "email", "idn-email": "email",
    "uri": "url", "url": "url", "iri": "url", "uri-reference": "uri_path", "uri-template": "url", "uri-map": "url",
    "hostname": "domain_name", "idn-hostname": "domain_name", "ipv4": "ipv4", "ipv6": "ipv6",
    "ipvanyaddress": "ipv4", "ipvanynetwork": "ipv4", "ipvanyinterface": "ipv4",
    "phone-number": "e164", "currency": "currency_code", "iso-country-code": "country_code",
    "http-method": "http_method", "password": "password",
}  # fmt: skip
"""The text that a `format` asks for."""

_NAMES: Mapping[str, str] = {
    "name": "name", "fullname": "name", "displayname": "name", "realname": "name", "holdername": "name",
    "firstname": "first_name", "lastname": "last_name", "givenname": "first_name", "familyname": "last_name",
    "email": "email", "emailaddress": "email", "phone": "e164", "phonenumber": "e164", "telephonenumber": "e164",
    "city": "city", "locality": "city", "country": "country_code", "countrycode": "country_code",
    "state": "state_abbr", "region": "state_abbr", "line1": "street_address", "street": "street_address",
    "postalcode": "postcode", "zip": "postcode", "postcode": "postcode", "description": "sentence",
    "url": "url", "website": "url", "homepage": "url", "currency": "currency_code", "company": "company",
    "businessname": "company", "login": "user_name", "username": "user_name", "title": "catch_phrase",
    "message": "sentence", "text": "sentence", "body": "sentence", "summary": "sentence", "comment": "sentence",
    "ip": "ipv4", "ipaddress": "ipv4", "useragent": "user_agent", "locale": "locale", "timezone": "timezone",
    "filename": "file_name", "mimetype": "mime_type", "sha": "sha1", "domain": "domain_name", "iban": "iban",
    "reference": "ean13", "friendlyname": "catch_phrase", "mcc": "mcc", "latitude": "latitude",
    "longitude": "longitude",
}  # fmt: skip
"""The text that a field's name asks for: the name in lower case without `_` and `-`."""

_MADE: Mapping[str, Callable[[Pick], str]] = {
    "uuid": lambda pick: str(uuid.UUID(int=pick(1 << 128), version=4)),
    **dict.fromkeys(("decimal", "decimal128", "int64", "uint64", "double-int"), lambda pick: str(pick(1000))),
    "char": lambda pick: chr(ord("a") + pick(26)),
    "duration": lambda pick: f"PT{1 + pick(59)}M",
    "json-pointer": lambda pick: f"/{pick(100)}",
    "relative-json-pointer": lambda pick: f"{pick(3)}/{pick(100)}",
    "base64url": lambda pick: base64.urlsafe_b64encode(pick(1 << 48).to_bytes(6, "big")).decode(),
    "media-range": lambda pick: ("text/html", "application/json", "image/*")[pick(3)],
    **dict.fromkeys(("sf-integer", "sf-decimal"), lambda pick: str(pick(1000))),
    "sf-boolean": lambda pick: f"?{pick(2)}",
    "sf-string": lambda pick: f'"{pick(1000)}"',
    "sf-binary": lambda pick: f":{base64.b64encode(pick(1 << 48).to_bytes(6, 'big')).decode()}:",
}
"""Texts of a `format` that is not in _FORMATS (OpenAPI Format Registry)."""

_SHORT: Mapping[str, Sequence[str]] = {
    "email": ("ada@example.com", "ada@b.com", "a@b.co"), "hostname": ("example.com", "a.com", "a.co", "a"),
    "uri": ("http://a.com", "http://a", "a:b"), "ipv4": ("10.0.0.1", "1.1.1.1"), "ipv6": ("fd00::1", "::1", "::"),
    "duration": ("PT1M", "P1D"),
}  # fmt: skip
"""Texts of a `format` where what is usual would be too long; longer ones first."""

_LIKE: Mapping[str, str] = {
    "idn-email": "email",
    "idn-hostname": "hostname",
    "url": "uri",
    "iri": "uri",
    "uri-template": "uri",
}
_ISO = "%Y-%m-%dT%H:%M:%SZ"
_WRITTEN = (
    _ISO, "%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%S+0000", "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%Y%m%d", "%Y%m%dT%H%M%SZ",
)  # fmt: skip
"""Forms in which a pattern may want a moment, the usual first."""
_MOMENTS = ("_at", "_date", "_time", "At", "Date", "Time")

_PLAIN = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A field's name without case and separators: `friendly_name` and `FriendlyName` are one."""
    return _PLAIN.sub("", name.lower())


def iso_8601(seconds: float) -> str:
    """A moment, in seconds since 1970, as UTC (RFC 3339)."""
    return datetime.fromtimestamp(seconds, UTC).strftime(_ISO)


def moment(seconds: int, schema: Mapping[str, Any], field: str) -> int | float | str:
    """A moment as this field has it: (milli)seconds since 1970, ISO 8601, RFC 2822, a date, or by its pattern."""
    types = schema.get("type")
    if types == "integer" and field == "created":
        return seconds
    kinds = (types,) if isinstance(types, str) else types or ("string",)
    if "integer" in kinds or "number" in kinds:
        bare = plain_name(field)
        return seconds * 1000 if bare.endswith(("ms", "millis")) else seconds
    at, form = datetime.fromtimestamp(seconds, UTC), schema.get("format", "")
    if form in _CLOCKS:
        return at.strftime(_CLOCKS[form])
    if "2822" in form:
        return format_datetime(at)
    if form == "http-date" or form.endswith(("rfc1123", "rfc7231")):
        return format_datetime(at, usegmt=True)
    if pattern := schema.get("pattern"):
        return next((text for text in map(at.strftime, _WRITTEN) if pattern_matches(pattern, text)), at.strftime(_ISO))
    text, least, most = at.strftime(_ISO), schema.get("minLength", 0), schema.get("maxLength", 100)
    if least <= len(text) <= most:
        return text
    return next((other for end in _ENDS if least <= len(other := text[:-1] + end) <= most), text)


_CLOCKS: Mapping[str, str] = {
    "date": "%Y-%m-%d", "time": "%H:%M:%SZ", "time-local": "%H:%M:%S", "date-time-local": "%Y-%m-%dT%H:%M:%S",
}  # fmt: skip
"""Formats of what is less than a moment in UTC (OpenAPI Format Registry)."""

_ENDS = ("+00:00", ".000Z", ".000000Z", ".000+00:00", ".000000+00:00")
"""How a moment may end where its length is set (RFC 3339 §5.6)."""


class StringValues:
    """Seeded text."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._pool = cache(self._filled)

    def text(self, field: str, schema: Mapping[str, Any], pick: Pick) -> str | None:
        """A text that the schema of this field lets through; None where none was found."""
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        if most is not None and least > most:
            return None
        pattern, further = (
            schema.get("pattern"),
            [part["pattern"] for part in schema.get("allOf", ()) if "pattern" in part],
        )
        made = self._by_form(field, schema, pick)
        if pattern and further and not all(pattern_matches(one, made) for one in (pattern, *further)):
            return _of_all([pattern, *further], schema, pick)
        if pattern and not pattern_matches(pattern, made):
            return _matched(str(pattern), made, schema, pick)
        if least <= len(made) <= (len(made) if most is None else most):
            return made
        return _resized(made, schema, least, len(made) + least if most is None else most)

    def _by_form(self, field: str, schema: Mapping[str, Any], pick: Pick) -> str:
        form, bare = str(schema.get("format", "")), plain_name(field)
        if form in _MADE:
            return _MADE[form](pick)
        is_named_so = form not in _FORMATS and bare not in _NAMES and field.endswith(_MOMENTS)
        if "date" in form or form in ("time", "timestamp", "time-local") or is_named_so:
            return str(moment(EPOCH + pick(YEAR_S), schema, field))
        ending = next((_NAMES[end] for end in ("url", "email", "phone") if bare.endswith(end)), "word")
        made = self._pool(_FORMATS.get(form) or _NAMES.get(bare) or ending)[pick(POOL)]
        return base64.b64encode(made.encode()).decode() if _is_coded(schema) else made

    def _filled(self, provider: str) -> list[str]:
        source = _faker()
        source.seed_instance(f"{self._seed}:{provider}")
        if provider in _OWN:
            return [_OWN[provider](source) for _ in range(POOL)]
        make: Callable[[], object] = getattr(source, provider)
        return [str(make()).replace("\n", ", ") for _ in range(POOL)]


def _resized(made: str, schema: Mapping[str, Any], least: int, most: int) -> str:
    """A text of this length; of its format as well, where there is one of both."""
    form = str(schema.get("format", ""))
    form = _LIKE.get(form, form)
    if len(made) > most:
        made = next((short for short in _SHORT.get(form, ()) if len(short) <= most), made)
    missing = least - len(made)
    if _is_coded(schema):
        made = made[: most // 4 * 4 or most] if missing <= 0 else _CODED * -(-least // len(_CODED))
    elif missing > 0 and form == "uri":
        made += ("" if made.endswith("/") else "/") + "x" * (missing - 1)
    elif missing > 0 and form in ("email", "hostname"):
        local, mark, host = made.rpartition("@")
        made = f"{local}{mark}{_labels(missing)}{host}"
    made = made[:most]
    return ((made or "x") * (least // len(made or "x") + 1))[:least] if len(made) < least else made


_CODED = "QUJD"
"""Three letters in base64."""


def _is_coded(schema: Mapping[str, Any]) -> bool:
    is_said = str(schema.get("contentEncoding", "")).startswith("base64")
    return is_said or schema.get("format") in ("byte", "base64", "binary")


def _labels(count: int) -> str:
    """So many letters to go before a name of a host: parts of it have at most 63 (RFC 1035 §2.3.4)."""
    width = 60 if (count - 1) % 60 else 59
    return "x" if count == 1 else "".join("x" if place % width else "." for place in reversed(range(count)))


def _matched(pattern: str, formed: str, schema: Mapping[str, Any], pick: Pick) -> str | None:
    """A text that the pattern matches, and no longer than it may be.

    With a format it is the formed one with what the pattern asks for at its beginning or its end, where that fits.
    """
    least, most, form = schema.get("minLength", 0), schema.get("maxLength"), schema.get("format")
    fits_form = format_check(form) if form else None
    first: str | None = None
    for _ in range(MATCHES_MAX if fits_form else 4):
        matched = matching(pattern, pick) if fits_form else matching(pattern, pick, least, most)
        if matched is None:
            break
        texts: list[str] = [matched]
        if fits_form is not None:
            texts += (matched + formed[len(matched) :], formed[: len(formed) - len(matched)] + matched)
        for text in texts:
            if least <= len(text) <= (len(text) if most is None else most) and pattern_matches(pattern, text):
                if fits_form is None or fits_form(text):
                    return text
                first = first or text
    return first


def _of_all(patterns: Sequence[str], schema: Mapping[str, Any], pick: Pick) -> str | None:
    """A text that several patterns match: one of theirs, as long as another's, or one after the other."""
    least, most = schema.get("minLength", 0), schema.get("maxLength", LETTERS_MAX)
    for _ in range(MATCHES_MAX):
        parts = [matching(pattern, pick) or "" for pattern in patterns]
        lengths = {max(len(part), least) for part in parts}
        texts = [matching(pattern, pick, length, length) or "" for pattern in patterns for length in lengths]
        for row in (parts, parts[::-1]):
            joined = "".join(row) or "x"
            texts += (joined, (joined * (least // len(joined) + 1))[:most])
        for text in (*parts, *texts):
            if least <= len(text) <= most and all(pattern_matches(pattern, text) for pattern in patterns):
                return text
    return None


_OWN: Mapping[str, Callable[["Faker"], str]] = {
    "e164": lambda source: f"+1{source.numerify('5##55501##')}",
    "mcc": lambda source: source.numerify("5###"),
}
"""Texts that faker has not. The numbers are those set aside for fiction."""


@cache
def _faker() -> "Faker":
    from faker import Faker  # a fifth of a second, and most vendors' answers never need it

    return Faker()
