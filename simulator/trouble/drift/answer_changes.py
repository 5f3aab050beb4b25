"""Changes of an answer as a whole: D9 to D11, D14 and D16."""

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, ClassVar

import orjson

from tidegate.simulator.answer.answer import Answer, http_date, phrase
from tidegate.simulator.trouble.drift.body_change import json_of
from tidegate.simulator.trouble.drift.drift import Drift, DriftChange
from tidegate.simulator.trouble.fault_scope import AnswerScope, Changed

LIMIT_HEADERS = ("*ratelimit*", "retry-after*", "x-shopify-*-limit", "twilio-concurrent-requests")
"""Headers by which vendors tell their limits, as patterns in lower case."""


class Envelope(DriftChange):
    """D9: the answer is one field of another object; a refusal comes as problem details."""

    name = "envelope"
    number = 9
    subject = "answer"
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (str,)}
    cure = "write the name of the field that the answer goes into"

    def of_answer(self, drift: Drift, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer in its new envelope. A stream has none."""
        del scope
        body = json_of(answer) if not answer.events else None
        if body is None:
            return None
        if drift.of == "refusals" and not isinstance(drift.to, str):
            problem = orjson.dumps(as_problem(body[0], answer.status))
            headers = {**answer.headers, "Content-Type": "application/problem+json"}
            return replace(answer, body=problem, headers=headers), ""
        name = drift.to if isinstance(drift.to, str) else "result"
        return replace(answer, body=orjson.dumps({name: body[0]})), f"/{name}"


class Status(DriftChange):
    """D10: another status."""

    name = "status"
    number = 10
    subject = "answer"
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (int,)}
    cure = "write a status, like 202"
    needs_to = True

    def of_answer(self, drift: Drift, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer under the status; without its body where that has none, or where a refusal becomes a success."""
        del scope
        status = drift.to if isinstance(drift.to, int) else answer.status
        if status == answer.status:
            return None
        bodyless = status in (204, 205)
        emptied = bodyless or (drift.of == "refusals" and status < 400)
        body = (b"" if bodyless else b"{}") if emptied else answer.body
        return replace(answer, status=status, body=body), f"{answer.status} {status}"


class Header(DriftChange):
    """D11: a header has another name, or is gone."""

    name = "header"
    number = 11
    subject = "answer"
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (str,), "header": (str,)}
    cure = "write the new name"

    def of_answer(self, drift: Drift, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The first header of that name; without a name, the first that tells limits."""
        del scope
        wanted = (drift.header.lower(),) if drift.header is not None else LIMIT_HEADERS
        names = [name for name in answer.headers if any(fnmatchcase(name.lower(), pattern) for pattern in wanted)]
        if not names:
            return None
        old = names[0]
        headers = {name: value for name, value in answer.headers.items() if name != old}
        if isinstance(drift.to, str):
            headers[drift.to] = answer.headers[old]
        return replace(answer, headers=headers), f"{old} {drift.to}" if drift.to else old


class Scope(DriftChange):
    """D14: 403, because the operation needs a new scope."""

    name = "scope"
    number = 14
    subject = "answer"
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (str,)}
    cure = "write the scope that is needed"
    forbids = True


class Deprecated(DriftChange):
    """D16: Deprecation (RFC 9745) and Sunset (RFC 8594) are sent."""

    name = "deprecated"
    number = 16
    subject = "answer"
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"sunset": (float,)}

    def of_answer(self, drift: Drift, answer: Answer, scope: AnswerScope) -> Changed | None:
        """Deprecated since the fault began."""
        notice = {"Deprecation": f"@{int(scope.began)}"}
        if drift.sunset is not None:
            notice["Sunset"] = http_date(int(scope.began + drift.sunset))
        return replace(answer, headers={**answer.headers, **notice}), " ".join(notice)


def as_problem(body: Any, status: int) -> dict[str, Any]:
    """An error body as problem details (RFC 9457), its sentence kept."""
    return {
        "type": "about:blank",
        "title": phrase(status),
        "status": status,
        "detail": _sentence(body) or phrase(status),
    }


def _sentence(body: Any) -> str:
    values = list(body.values()) if isinstance(body, dict) else body if isinstance(body, list) else []
    texts = [value for value in values if isinstance(value, str) and " " in value]
    return max(texts, key=len) if texts else next((text for value in values if (text := _sentence(value))), "")
