"""The use that an interaction of a pact makes of an operation: what it sends, and what it counts on in the answer.

Reads Pact files of the versions 2 to 4. Knows no document.
"""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tidegate.cassette.multipart_parts import parts_of
from tidegate.contracts.drift.use.form_value import form_value
from tidegate.problems import UsageError

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MESSAGE = "Asynchronous/Messages"
FILE_BYTES_MAX = 1 << 26

_LOOSE = frozenset({"type", "number", "integer", "decimal", "boolean", "include", "notEmpty", "semver"})
"""Matchers that take another value than the example."""


@dataclass(frozen=True, slots=True)
class PactUse:
    """One interaction. Values are as they were written; a form is an object of texts."""

    file: str
    consumer: str
    provider: str
    name: str
    operation: str
    """The id that the pact refers to, empty where it does not."""
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    media: str
    sent: Any
    """The body, None without one."""
    status: int
    answer_media: str
    answer_headers: Mapping[str, str]
    answer: Any
    loose: frozenset[str]
    """The JSON Pointers in the answer at which any value of the kind will do, `*` for each item."""
    streamed_by: tuple[str, str] = ("", "")
    """Of a message that is one event of a streamed answer: the method and the path of what was asked for."""
    states: tuple[str, ...] = ()
    """The provider's states that it needs, by name."""

    @property
    def is_message(self) -> bool:
        """Whether it is a webhook, or an event of a streamed answer: `answer` is its body."""
        return not self.method

    @property
    def is_of_fields(self) -> bool:
        """Whether the body is a form, of one kind or the other: its values are texts, whatever they stand for."""
        return self.media in (FORM, MULTIPART)

    @property
    def title(self) -> str:
        """The interaction in words."""
        return f"{self.consumer}: {self.name}"

    def is_loose(self, pointer: str) -> bool:
        """Whether any value of the kind will do at a place of the answer, or around it."""
        return any(pointer == loose or pointer.startswith(f"{loose}/") for loose in self.loose)


def read_uses(files: list[Path]) -> list[PactUse]:
    """The uses in Pact files, messages among them. Raises UsageError where one is none.

    Pact tells interactions of one description apart by the provider's states: then these are part of the name.
    """
    return [*_told_apart([use for file in files for use in _uses(file)])]


def _told_apart(uses: Sequence[PactUse]) -> Iterator[PactUse]:
    alike = Counter((use.provider, use.title) for use in uses)
    met: Counter[tuple[str, str]] = Counter()
    for use in uses:
        given = f" given {' and '.join(use.states)}" if alike[use.provider, use.title] > 1 and use.states else ""
        named = replace(use, name=f"{use.name}{given}")
        met[use.provider, named.title] += 1
        number = met[use.provider, named.title]
        yield named if number == 1 else replace(named, name=f"{named.name} ({number})")


def _uses(file: Path) -> Iterator[PactUse]:
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise UsageError(f"{file}: it has more than {FILE_BYTES_MAX >> 20} MiB; this is no Pact file")
        pact = json.loads(file.read_bytes())
        names = str(pact["consumer"]["name"]), str(pact["provider"]["name"])
        for interaction in pact.get("interactions", ()):
            kind = interaction.get("type", "Synchronous/HTTP")
            if kind == "Synchronous/HTTP":
                yield _use(str(file), names, interaction)
            elif kind == MESSAGE:
                yield _message(str(file), names, interaction)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{file}: this is no Pact file") from None


def _message(file: str, names: tuple[str, str], interaction: Mapping[str, Any]) -> PactUse:
    """A message, as an answer that nobody asked for: the vendor sends it, and it is read."""
    media, value = _content({"body": interaction["contents"]}, {})
    stated = [state.get("params") or {} for state in interaction.get("providerStates") or ()]
    by = next((params for params in stated if params.get("stream") is True), {})
    rules = {"body": (interaction.get("matchingRules") or {}).get("body") or {}}
    return PactUse(
        file, *names, str(interaction["description"]), "", "", "", {}, {}, "", None, 200, media, {}, value,
        frozenset(_loose(rules)), (str(by.get("method", "")).upper(), str(by.get("path", ""))),
        _states(interaction),
    )  # fmt: skip


def _use(file: str, names: tuple[str, str], interaction: Mapping[str, Any]) -> PactUse:
    request, response = interaction["request"], interaction["response"]
    headers, answer_headers = _headers(request), _headers(response)
    media, sent = _content(request, headers)
    answer_media, answer = _content(response, answer_headers)
    references = (interaction.get("comments") or {}).get("references") or {}
    query = request.get("query") or {}
    if isinstance(query, str):
        pairs: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            pairs.setdefault(name, []).append(value)
        query = pairs
    return PactUse(
        file, *names, str(interaction["description"]), str((references.get("openapi") or {}).get("operation", "")),
        str(request["method"]).upper(), str(request.get("path", "/")),
        {str(name): [str(one) for one in (value if isinstance(value, list) else [value])]
         for name, value in query.items()},
        headers, media, sent, int(response["status"]), answer_media, answer_headers, answer,
        frozenset(_loose(response.get("matchingRules") or {})), states=_states(interaction),
    )  # fmt: skip


def _states(interaction: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the states: a list of them from version 3 on, before that one text."""
    old = interaction.get("providerState")
    named = [state.get("name", "") for state in interaction.get("providerStates") or ()]
    return tuple(map(str, named or ([old] if old else [])))


def _headers(message: Mapping[str, Any]) -> dict[str, str]:
    written = message.get("headers") or {}
    return {
        str(name).lower(): ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in written.items()
    }


def _content(message: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[str, Any]:
    """Media type and value of a body; a text that is no form and no JSON stays one."""
    body = message.get("body")
    written = headers.get("content-type", "")
    if isinstance(body, Mapping) and "content" in body:
        written = str(body.get("contentType", written))
        body = _unpacked(body["content"]) if body.get("encoded") == "base64" else body["content"]
    media = written.partition(";")[0].strip().lower()
    if body is None:
        return media, None
    if media == FORM and isinstance(body, str):
        return media, form_value(body)
    if media == MULTIPART and isinstance(body, str):
        return media, _fields(body, written)
    if isinstance(body, str) and media.endswith("json"):
        try:
            return media, json.loads(body)
        except ValueError:
            return media, body
    return media or "application/json", body


def _unpacked(text: Any) -> Any:
    try:
        return b64decode(text, validate=True).decode("utf-8", "surrogateescape")
    except (ValueError, TypeError):
        return text


def _fields(body: str, media: str) -> Any:
    """The fields of a multipart form, the text where it does not keep to its boundary."""
    parts = parts_of(body.encode("utf-8", "surrogateescape"), media)
    if parts is None:
        return body
    found: dict[str, list[str]] = {}
    for part in parts:
        found.setdefault(part.name, []).append(part.content.decode("utf-8", "replace"))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _loose(rules: Mapping[str, Any]) -> Iterator[str]:
    """The pointers with a matcher that takes other values: `$.a[0].b` or `$.a[*].b`, in version 2 below `$.body`."""
    body = rules.get("body")
    if isinstance(body, Mapping):
        listed = {path: rule.get("matchers", ()) for path, rule in body.items() if isinstance(rule, Mapping)}
    else:
        listed = {
            path.replace("$.body", "$", 1): [rule] for path, rule in rules.items()
            if path.startswith("$.body") and isinstance(rule, Mapping)
        }  # fmt: skip
    for path, matchers in listed.items():
        if any(isinstance(one, Mapping) and one.get("match", "type") in _LOOSE for one in matchers):
            yield pointer_of(path)


def pointer_of(path: str) -> str:
    """A path of Pact's as a JSON Pointer, `*` for each item: `$.data[0].id` → `/data/*/id`."""
    steps: list[str] = []
    rest = path.removeprefix("$")
    while rest:
        if rest[0] == ".":
            end = min((at for at in (rest.find(".", 1), rest.find("[", 1)) if at > 0), default=len(rest))
            steps.append(rest[1:end])
        elif rest[0] == "[" and "]" in rest:
            end = rest.index("]") + 1
            inner = rest[1 : end - 1].strip("'\"")
            steps.append("*" if inner == "*" or inner.isdigit() else inner)
        else:
            break
        rest = rest[end:]
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)
