"""Media types: what is written in which, ranges made concrete, the one that a client likes best (RFC 9110 §12.5.1)."""

from collections.abc import Iterable, Mapping

from tidegate.openapi.schema_types import Level, types_of

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SEQUENCE = "application/json-seq"
TABLES = {"text/csv": ",", "application/csv": ",", "text/tab-separated-values": "\t"}
"""Media types of tables, and what is between their cells."""

_LINES = frozenset({
    "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonl", "application/jsonlines",
    "application/x-jsonlines", "application/json-lines", "application/x-json-stream", "application/stream+json",
    "application/x-ldjson", SEQUENCE,
})  # fmt: skip

RANGES_MAX = 100
"""So many ranges of an Accept header are looked at."""


def bare(media: str) -> str:
    """A media type without its parameters, in lower case."""
    return media.partition(";")[0].strip().lower()


def parameters(media: str) -> dict[str, str]:
    """The parameters of a media type that tell versions of it apart (`version=2`, `profile="…"`)."""
    found = (part.partition("=") for part in media.split(";")[1:])
    return {
        name.strip().lower(): value.strip().strip('"').lower()
        for name, mark, value in found
        if mark and name.strip().lower() not in _OF_WRITING
    }


_OF_WRITING = frozenset({"q", "charset", "boundary"})
"""Parameters that say how something is written, or wanted, and not what it is."""


def contradicts(media: str, wanted: Mapping[str, str]) -> bool:
    """Whether a media type has another value for one of these parameters."""
    own = parameters(media) if wanted else {}
    return any(own.get(name, value) != value for name, value in wanted.items())


def is_json(media: str) -> bool:
    """True for JSON and for what is written in it (`application/problem+json`)."""
    return "json" in media.lower()


def is_xml(media: str) -> bool:
    """True for XML, and for what is written in it (RFC 7303)."""
    return bare(media).endswith(("/xml", "+xml"))


def is_multipart(media: str) -> bool:
    """True for several parts, each with a type of its own (RFC 2046 §5.1)."""
    return bare(media).startswith("multipart/")


def is_lines(media: str) -> bool:
    """True for JSON that comes a value a line: NDJSON, JSON Lines, and sequences (RFC 7464)."""
    return bare(media) in _LINES


def concrete(media: str, level: Level) -> str:
    """The media type itself; of a range, a type in it for what the schema is: text for a string, else JSON.

    OpenAPI 3.1, Response Object: a range stands for any type that it matches.
    """
    if "*" not in media:
        return media
    is_text, family = "string" in types_of(level), media.partition("/")[0]
    if family not in ("*", "application", "text"):
        return f"{family}/octet-stream" if family != "image" else "image/png"
    if is_text and level.get("format") == "binary":
        return "application/octet-stream"
    return "text/plain" if (is_text and family != "application") or family == "text" else JSON


def preferred(accept: str, offered: Iterable[str]) -> str | None:
    """The first of the offered types that the client likes best; None where it takes none of them."""
    ranges = [_range(one) for one in accept.split(",")[:RANGES_MAX] if one.strip()]
    best, best_weight = None, 0.0
    for media in offered:
        weight = _weight(bare(media), [one for one in ranges if not contradicts(media, one[2])])
        if weight > best_weight:
            best, best_weight = media, weight
    return best


Range = tuple[str, float, dict[str, str]]
"""A range of an Accept header, its weight, and its parameters."""


def _range(written: str) -> Range:
    kind, *listed = written.split(";")
    for parameter in listed:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return kind.strip().lower(), float(value), parameters(written)
            except ValueError:
                return kind.strip().lower(), 0.0, {}
    return kind.strip().lower(), 1.0, parameters(written)


def _weight(media: str, ranges: list[Range]) -> float:
    """The weight of the most specific range that matches."""
    family = media.partition("/")[0]
    for wanted in (media, f"{family}/*", "*/*"):
        weights = [weight for kind, weight, _ in ranges if kind == wanted]
        if weights:
            return max(weights)
    return 0.0
