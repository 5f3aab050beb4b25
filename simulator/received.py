"""Whether the vendor got what a test expected: the requests that fit, or a message with the nearest and how it differs.

Pure: the journal's entries go in. What is compared is what was sent; what is shown of it is without secrets.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from tidegate.configfile.wording import nearest
from tidegate.redaction.redactor import Redactor
from tidegate.redaction.secret_names import hidden_fields, sounds_secret
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.answer.media_types import FORM
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.record.sent_request import SentRequest
from tidegate.simulator.request.forms import FormError
from tidegate.simulator.request.request_content import RequestContent, form_of, read_body

ANYTHING: Any = object()
"""Any body will do."""

DIFFERENCES_MAX = 20
"""Differences in one message."""

OTHERS_MAX = 10
"""Operations of other requests in one message."""

VALUE_MAX = 200
"""Characters of one value in a message."""

DEPTH_MAX = 50
"""Levels of a body that are compared; what lies deeper must be equal."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A request that a test expects."""

    operation: str
    body: Any
    headers: Mapping[str, Any]
    """Patterns, or what is equal to whatever it fits (`unittest.mock.ANY`)."""


def verified(
    expected: Expected,
    times: int | None,
    entries: Sequence[JournalEntry],
    operations: Collection[str],
    redactor: Redactor,
) -> list[dict[str, Any]]:
    """The entries that fit, as data. See Simulator.received for what it raises."""
    if expected.operation not in operations:
        raise ValueError(f"the vendor has no operation {expected.operation}{nearest(expected.operation, operations)}")
    if times is not None and times < 0:
        raise ValueError(f"times is {times}; write how often, 0 or more")
    same = [entry for entry in entries if entry.operation == expected.operation]
    flaws = {entry.n: [*_differences(expected, entry, redactor)] for entry in same}
    fitting = [entry for entry in same if not flaws[entry.n]]
    if (fitting and times is None) or len(fitting) == times:
        return [entry.shown(redactor) for entry in fitting]
    often = "at least once" if times is None else f"{times} times" if times != 1 else "once"
    count = f"{len(fitting)} of its {len(same)} requests fit" if same else "it got no request for it"
    lines = [f"{expected.operation} was expected {often}: {count}"]
    others = [entry for entry in same if flaws[entry.n]]
    if others and (times is None or len(fitting) < times):
        close = min(others, key=lambda entry: (len(flaws[entry.n]), -entry.n))
        lines += _shown(close, flaws[close.n], redactor)
    elif not same:
        lines += _instead(entries)
    else:
        lines += [f"  request {entry.n}: {entry.method} {redactor.url(entry.path)}" for entry in fitting[:OTHERS_MAX]]
    raise AssertionError("\n".join(lines))


def _instead(entries: Sequence[JournalEntry]) -> Iterator[str]:
    if not entries:
        yield "  no request has come in at all"
    for entry in entries[-OTHERS_MAX:]:
        yield f"  request {entry.n}: {entry.operation or 'no operation'} ({entry.method} {hidden_fields(entry.path)})"


def _shown(entry: JournalEntry, flaws: Sequence[str], redactor: Redactor) -> Iterator[str]:
    yield f"nearest is request {entry.n}: {entry.method} {redactor.url(entry.path)}, answered with {entry.status}"
    if entry.refused:
        yield f"  it was refused: {redactor.text(hidden_fields(entry.refused))}"
    yield from (f"  {flaw}" for flaw in flaws[:DIFFERENCES_MAX])
    if len(flaws) > DIFFERENCES_MAX:
        yield f"  and {len(flaws) - DIFFERENCES_MAX} more differences"
    if entry.sent is not None and entry.sent.length:
        yield f"  its body: {_cut(entry.sent.text(redactor))}"


def _differences(expected: Expected, entry: JournalEntry, redactor: Redactor) -> Iterator[str]:
    sent = entry.sent
    if sent is None:
        if expected.body is not ANYTHING or expected.headers:
            yield "its content is no longer kept; verify sooner"
        return
    for name, pattern in expected.headers.items():
        value = sent.headers.get(name)
        fits = value is not None and (
            _equal(pattern, value, as_text=True) or (isinstance(pattern, str) and fnmatchcase(value, pattern))
        )
        if not fits:
            shown = "is not there" if value is None else f"is {redactor.headers([(name, value)])[name.lower()]}"
            yield f"header {name} {shown}, expected {redactor.text(str(pattern))}"
    if expected.body is not ANYTHING:
        for place, text in _body_differences(expected.body, sent):
            yield f"{place} {'differs, and is hidden' if sounds_secret(place) else redactor.text(text)}"


def _body_differences(expected: Any, sent: SentRequest) -> Iterator[tuple[str, str]]:
    if not sent.whole:
        yield "body", f"is longer ({sent.length:,} bytes) than what is kept of it ({len(sent.body):,})"
        return
    if expected is None and not sent.body:
        return
    if isinstance(expected, bytes | bytearray):
        if sent.body != expected:
            yield "body", f"is {_cut(repr(sent.body))}, expected {_cut(repr(bytes(expected)))}"
        return
    media, text = RequestContent({}, "", sent.headers, sent.body).media, sent.body.decode("utf-8", "replace")
    form = form_of(media or FORM) if not isinstance(expected, str) else "text"
    try:
        value = read_body(RequestContent({}, "", sent.headers, sent.body), form).value if form != "file" else text
    except (VendorError, FormError) as error:
        yield "body", f"cannot be read as {media or FORM}: {error}"
        return
    yield from compared(expected, value, "body", as_text=form in {"form", "multipart"})


def compared(
    expected: Any, value: Any, place: str, *, as_text: bool, depth: int = DEPTH_MAX
) -> Iterator[tuple[str, str]]:
    """Each place at which a value does not fit, and how. `as_text`: values are texts, whatever they stand for."""
    if isinstance(expected, Mapping) and isinstance(value, Mapping) and depth:
        for name, inner in expected.items():
            inside = f"{place}.{name}"
            if name not in value:
                yield inside, f"is not there, expected {_cut(repr(inner))}"
            else:
                yield from compared(inner, value[name], inside, as_text=as_text, depth=depth - 1)
    elif isinstance(expected, list | tuple) and depth and (items := _items(value, as_text=as_text)) is not None:
        if len(items) != len(expected):
            yield place, f"has {len(items)} items, expected {len(expected)}"
        for number, (inner, item) in enumerate(zip(expected, items, strict=False)):
            yield from compared(inner, item, f"{place}[{number}]", as_text=as_text, depth=depth - 1)
    elif not _equal(expected, value, as_text=as_text):
        yield place, f"is {_cut(repr(value))}, expected {_cut(repr(expected))}"


def _items(value: Any, *, as_text: bool) -> list[Any] | None:
    """The items of a list; a form writes one as fields that are numbered from 0."""
    if isinstance(value, list):
        return value
    if as_text and isinstance(value, Mapping) and [*value] == [str(number) for number in range(len(value))]:
        return [*value.values()]
    return None


def _equal(expected: Any, value: Any, *, as_text: bool) -> bool:
    if as_text and isinstance(value, str) and (expected is None or isinstance(expected, int | float | Decimal)):
        if expected is None:
            return not value
        return value == (str(expected).lower() if isinstance(expected, bool) else str(expected))
    if isinstance(expected, bool) is not isinstance(value, bool) and isinstance(expected, int | float):
        return False  # True is no 1
    return bool(expected == value)  # what is equal to others than itself says so: unittest.mock.ANY


def _cut(text: str) -> str:
    return text if len(text) <= VALUE_MAX else f"{text[:VALUE_MAX]}…"
