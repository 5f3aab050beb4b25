"""Turns a vendor's answer into one verdict, once. Everything after this reads the verdict and never the status.

Compiled from the vendor's facts at load: which statuses are refusals for rate, and which of those are lock clashes.
"""

import json
from collections.abc import Callable

from multidict import CIMultiDictProxy

from tidegate.content_coding import coding_of, readable
from tidegate.json_pointer import at_pointer
from tidegate.proxy.call.outcome import Verdict
from tidegate.vendor.vendor import Facts, InSuccess, RetryHint, Throttled, When, Wording

DOCUMENT_BYTES_MAX = 4 * 1024 * 1024
"""A document that is larger without its coding is not read."""

Classifier = Callable[[int, CIMultiDictProxy[str], bytes], Verdict]


def document_of(headers: CIMultiDictProxy[str], body: bytes) -> object:
    """The JSON document of an answer, None where it has none that can be read."""
    text = readable(body, coding_of(headers), DOCUMENT_BYTES_MAX)
    try:
        return json.loads(text)
    except UnicodeDecodeError:  # an older character set, whose letters are seldom those that are looked for
        return _document(text.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def error_code(headers: CIMultiDictProxy[str], body: bytes, pointer: str | None) -> str | None:
    """The vendor's own error code in this answer, where the facts say where it stands."""
    code = at_pointer(document_of(headers, body), pointer) if pointer is not None else None
    return code if isinstance(code, str) else None


def classifier(facts: Facts) -> Classifier:
    """The classifier of one vendor."""
    refusals: dict[int, list[Throttled]] = {}
    for entry in sorted(facts.throttled, key=lambda entry: (entry.code is None, entry.says is None)):
        refusals.setdefault(entry.status, []).append(entry)
    pointer = facts.errors.code
    in_success = _in_success(facts.errors.in_200)
    hint = facts.errors.retry_hint

    def refusal(entries: list[Throttled], headers: CIMultiDictProxy[str], body: bytes) -> Verdict | None:
        code = error_code(headers, body, pointer) if any(entry.code for entry in entries) else None
        for entry in entries:
            by_header = (entry.code is None or entry.code == code) and _has(headers, entry.when)
            if by_header and (entry.says is None or _says(headers, body, entry.says)):
                return _MEANS[entry.means]
        return None

    def classify(status: int, headers: CIMultiDictProxy[str], body: bytes) -> Verdict:
        if status < 400:
            return Verdict.SUCCESS if in_success is None or not body else in_success(headers, body)
        entries = refusals.get(status)
        verdict = refusal(entries, headers, body) if entries else None
        return verdict or _by_status(status, headers, hint)

    return classify


def exhausted_by(facts: Facts) -> Callable[[int, CIMultiDictProxy[str], bytes], bool] | None:
    """Whether a rejected answer says that a quota is used up; None where the vendor file knows no such answer."""
    entries = [entry for entry in facts.throttled if entry.means == "exhausted"]
    pointer = facts.errors.code

    def exhausted(status: int, headers: CIMultiDictProxy[str], body: bytes) -> bool:
        for entry in entries:
            if entry.status == status and _has(headers, entry.when):
                code_fits = entry.code is None or entry.code == error_code(headers, body, pointer)
                if code_fits and (entry.says is None or _says(headers, body, entry.says)):
                    return True
        return False

    return exhausted if entries else None


_MEANS = {"quota": Verdict.THROTTLED, "contention": Verdict.CONTENTION, "exhausted": Verdict.REJECTED}


def _has(headers: CIMultiDictProxy[str], when: When | None) -> bool:
    if when is None:
        return True
    value = headers.get(when.header)
    return value is not None and (when.value is None or value.strip() == when.value)


def _says(headers: CIMultiDictProxy[str], body: bytes, says: Wording) -> bool:
    """Whether the words stand in the body, as much of it as may be read."""
    text: object
    if says.field is not None:
        text = at_pointer(document_of(headers, body), says.field)
    else:
        text = readable(body, coding_of(headers), DOCUMENT_BYTES_MAX).decode(errors="replace")
    lower = text.lower() if isinstance(text, str) else ""
    return any(words.lower() in lower for words in says.contains)


def _in_success(facts: InSuccess | None) -> Callable[[CIMultiDictProxy[str], bytes], Verdict] | None:
    """Reads the error code out of an answer whose status says that all is well; None where the vendor has no such."""
    if facts is None:
        return None
    pointer = facts.pointer
    verdicts = dict.fromkeys(facts.rejected, Verdict.REJECTED)
    verdicts |= dict.fromkeys(facts.failed, Verdict.FAILED) | dict.fromkeys(facts.throttled, Verdict.THROTTLED)

    def judge(headers: CIMultiDictProxy[str], body: bytes) -> Verdict:
        return verdicts.get(error_code(headers, body, pointer) or "", Verdict.SUCCESS)

    return judge


def _by_status(status: int, headers: CIMultiDictProxy[str], hint: RetryHint | None) -> Verdict:
    if status >= 500:
        return Verdict.FAILED
    if status in (401, 403):
        return Verdict.CREDENTIAL
    return Verdict.CONTENTION if status == 409 and _in_progress(headers, hint) else Verdict.REJECTED


def _in_progress(headers: CIMultiDictProxy[str], hint: RetryHint | None) -> bool:
    """A 409 is final for the request unless the vendor itself says that a resend makes sense."""
    return hint is not None and headers.get(hint.header, "").lower() == "true"
