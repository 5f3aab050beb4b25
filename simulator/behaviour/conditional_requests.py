"""Entity tags and conditional requests (RFC 9110 §8.8.3, §13): 304 for what has not changed, 412 for what has.

Tags are digests of the body, so they are the same in every run. It knows no resource and no limit.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from hashlib import blake2b

from tidegate.openapi.document import Document
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer
from tidegate.vendor.vendor import Conditional

NOT_SENT = frozenset({"Content-Type", "Content-Length", "Content-Encoding"})
"""A 304 describes no body."""


class ConditionalRequests:
    """The conditions that one vendor takes: by its vendor file, else by its document (`is_documented`)."""

    def __init__(
        self, facts: Conditional | None, is_documented: Callable[[str], bool] = lambda _operation: False
    ) -> None:
        self._facts = facts
        self._is_documented = cache(is_documented)
        self._weak = "W/" if facts is not None and facts.tags == "weak" else ""

    def of(self, operation: str) -> bool:
        """True where the operation's answers are tagged."""
        if self._facts is None:
            return self._is_documented(operation)
        return any(fnmatchcase(operation, pattern) for pattern in self._facts.of)

    @property
    def free(self) -> tuple[str, ...]:
        """The limits that a 304 does not count for."""
        return self._facts.free if self._facts is not None else ()

    def tag(self, body: bytes) -> str:
        """The entity tag of a body."""
        return f'{self._weak}"{blake2b(body, digest_size=16).hexdigest()}"'

    def answered(self, answer: Answer, headers: Mapping[str, str]) -> Answer:
        """The answer to a read with its tag, or 304 where the request has it already."""
        if answer.status != 200 or answer.events:
            return answer
        tag = self.tag(answer.body)
        tagged = replace(answer, headers={**answer.headers, "ETag": tag})
        if not _names(headers.get("If-None-Match", ""), tag, weakly=True):
            return tagged
        headers_of_304 = {name: value for name, value in tagged.headers.items() if name not in NOT_SENT}
        return Answer(304, b"", headers_of_304)

    def told(self, answer: Answer, current: Answer | None) -> Answer:
        """The answer to a write with the tag that a read would have now."""
        if current is None or current.status != 200 or answer.status not in (200, 201, 204) or answer.events:
            return answer
        return replace(answer, headers={**answer.headers, "ETag": self.tag(current.body)})

    def check(self, headers: Mapping[str, str], current: Answer | None) -> None:
        """Raise errors.VendorError (412) where the object is not the one that If-Match names, or If-None-Match does.

        RFC 9110 §13.2.2: the second counts where the first is not sent.
        """
        wanted, unwanted = headers.get("If-Match", ""), headers.get("If-None-Match", "")
        there = current is not None and current.status == 200
        tag = self.tag(current.body) if there and current is not None else ""
        if not wanted:
            if unwanted and there and _names(unwanted, tag, weakly=True):
                raise errors.there_already()
            return
        if not there or not _names(wanted, tag, weakly=bool(self._weak)):
            raise errors.changed_meanwhile()


def conditional_by_document(document: Document) -> Callable[[str], bool]:
    """What tells of an operation whether the document has entity tags for it: a header, a condition, a 304 or a 412."""

    def is_conditional(operation: str) -> bool:
        described = document.operations.get(operation)
        if described is None:
            return False
        names = {str(entry["name"]).lower() for entry in document.parameters(described) if entry["in"] == "header"}
        codes = {*map(str, document.responses(described))}
        response = document.response(described, 200) if "200" in codes else None
        headers = response.get("headers") if response else None
        tagged = isinstance(headers, dict) and any(name.lower() == "etag" for name in headers)
        return tagged or bool(names & {"if-none-match", "if-match"}) or bool(codes & {"304", "412"})

    return is_conditional


def _names(listed: str, tag: str, *, weakly: bool) -> bool:
    """True where a list of tags names this one (§8.8.3.2). Strictly, a weak tag is like no other."""
    if listed.strip() == "*":
        return True
    tags = [written.strip() for written in listed.split(",")]
    if weakly:
        return tag.removeprefix("W/") in [written.removeprefix("W/") for written in tags]
    return not tag.startswith("W/") and tag in tags
