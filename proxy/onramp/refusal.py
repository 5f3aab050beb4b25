"""Our own errors on the wire: in the vendor's envelope, because its SDK can read no other, or as RFC 9457 documents.

Which problem it is was decided elsewhere. This file knows how one is written, and that each carries the vendor's own
sign that a resend makes no sense: measured, the openai SDK resends a 504 three times without a key, and one such header
stops it.
"""

import math
import re
from http import HTTPStatus
from typing import Final

import orjson
from aiohttp.http_exceptions import BadHttpMessage, BadHttpMethod, LineTooLong
from multidict import CIMultiDict

from tidegate.problems import Problem
from tidegate.vendor.vendor import Facts

PROBLEM_JSON: Final = "application/problem+json"

HEAD_LINES_MAX = 128
"""Header lines of a request. Apache and Envoy take 100."""

CHALLENGE: Final = 'Bearer realm="tidegate"'
"""A 401 says how to be authenticated (RFC 9110 §15.5.2). The token is also taken in the slot of the vendor's SDK."""

_METHOD = re.compile(r"""b['"][!#$%&'*+.^_`|~0-9A-Za-z-]+ """)
"""A method (RFC 9110 §9.1) at the beginning of the line that the parser shows."""


def refuse(
    facts: Facts | None,
    problem: Problem,
    *,
    detail: str,
    call_id: str,
    accept: str = "",
    retry_after_s: float | None = None,
    below: str = "",
    attempts: int = 0,
    trace_id: str = "",
) -> tuple[int, CIMultiDict[str], bytes]:
    """Status, headers and body of a refusal. `facts` is None where no vendor was recognised.

    `accept` is the app's Accept header; `below` is the path below which ours begin where apps reach us, for the link to
    the call's record where the outcome is unknown (RFC 9457 §3.1.5). `retry_after_s` is rounded up to whole seconds
    (RFC 9110 §10.2.3).
    `Content-Length` is left to whoever writes the message.
    """
    instance = f"{below}/_tidegate/calls/{call_id}" if problem.name == "outcome-unknown" else None
    headers = CIMultiDict({"Tidegate-Problem": problem.name, "Tidegate-Call": call_id, "Cache-Control": "no-store"})
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = CHALLENGE
    if problem.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        headers.extend([("Proxy-Authenticate", 'Basic realm="tidegate"'), ("Proxy-Authenticate", CHALLENGE)])
    if retry_after_s is not None:
        headers["Retry-After"] = str(_whole_seconds(retry_after_s))
    if instance is not None:
        headers["Link"] = f'<{instance}>; rel="describedby"'
    hint = stop_hint(facts)
    if hint is not None:
        headers[hint[0]] = hint[1]
    if facts is None or accepts_problem(accept):
        headers["Content-Type"] = PROBLEM_JSON
        more: dict[str, object] = {"attempts": attempts} | ({"trace_id": trace_id} if trace_id else {})
        return problem.status, headers, _document(problem, detail, call_id, retry_after_s, instance, more)
    headers["Content-Type"] = "application/json"
    words = {"problem": problem.name, "title": problem.title, "detail": detail, "call": call_id}
    words["status"] = str(problem.status)
    return problem.status, headers, orjson.dumps(_fill(facts.errors.ours, words))


def stop_hint(facts: Facts | None) -> tuple[str, str] | None:
    """The header by which this vendor tells its SDK not to send again, for answers after which we gave up."""
    if facts is None or facts.errors.retry_hint is None:
        return None
    return facts.errors.retry_hint.header, "false"


def accepts_problem(accept: str) -> bool:
    """True where an Accept header names `application/problem+json` (wildcards do not: every SDK sends those)."""
    accept = accept.lower()
    if PROBLEM_JSON not in accept:
        return False
    for offered in accept.split(","):
        media, *parameters = (part.strip() for part in offered.split(";"))
        if media == PROBLEM_JSON:
            return not any(_is_zero(parameter) for parameter in parameters)
    return False


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")


def _whole_seconds(seconds: float) -> int:
    return max(0, math.ceil(seconds))


def _document(
    problem: Problem,
    detail: str,
    call_id: str,
    retry_after_s: float | None,
    instance: str | None,
    more: dict[str, object],
) -> bytes:
    document: dict[str, object] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "call": call_id,
        **more,
    }
    if instance is not None:
        document["instance"] = instance
    if retry_after_s is not None:
        document["retry_after"] = _whole_seconds(retry_after_s)
    return orjson.dumps(document)


def _fill(template: object, words: dict[str, str]) -> object:
    if isinstance(template, str):
        return int(words["status"]) if template == "{status}" else _fill_text(template, words)
    if isinstance(template, dict):
        return {key: _fill(value, words) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [_fill(value, words) for value in template]
    return template


def _fill_text(template: str, words: dict[str, str]) -> str:
    """Replace {name} in one pass, so that a word that holds braces is not itself filled in."""
    parts = template.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, closed, rest = part.partition("}")
        filled.append(words[name] + rest if closed and name in words else "{" + part)
    return "".join(filled)


def beyond_bounds(error: BaseException | None) -> tuple[int, str] | None:
    """What is said of a head with more in it than is taken, or with a method that the parser does not know.

    It is not what the parser says, which repeats the head.
    """
    if isinstance(error, LineTooLong):
        line, limit, *_ = error.args
        if isinstance(line, bytearray):  # aiohttp's parser has no other sign of a target
            return 414, f"its target is longer than {limit} bytes"
        return 431, f"a header line is longer than {limit} bytes"
    if isinstance(error, BadHttpMessage) and error.message.startswith("Too many headers"):
        return 431, f"it has more than {HEAD_LINES_MAX} header lines"
    if isinstance(error, BadHttpMethod) and _METHOD.search(error.message):
        return 501, "its method is none that is known here (methods are written in capitals)"
    return None


def first_line(text: str) -> str:
    """The first line of a parser's message, bounded: the rest repeats what was sent."""
    return text.strip().partition("\n")[0].rstrip(":. ")[:120]
