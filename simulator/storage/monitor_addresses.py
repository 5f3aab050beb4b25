"""The address of what tells how a request goes on that was only accepted (202, RFC 9110 §15.3.3).

Nothing in a document says which operation that is. By the names that vendors give it, it is a GET on a word and an id
(`/operations/{id}`, `/analyzeResults/{resultId}`), below what the request's path begins with.
"""

from collections.abc import Callable, Iterator

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import Level, types_of

_WORDS = ("operation", "status", "result", "job", "task", "async", "progress", "poll", "execution", "process")
"""In the word or the parameter of a path that tells how something goes on."""


class MonitorAddresses:
    """Those of one document. `value` makes an id of a field by its schema."""

    def __init__(self, document: Document, value: Callable[[str, Level], str]) -> None:
        self._document = document
        self._value = value
        self._known: dict[str, tuple[int, Operation] | None] = {}

    def of(self, operation_id: str, path: str) -> str:
        """The path of the monitor of a request to `path`; empty where the document has none."""
        if operation_id not in self._known:
            self._known[operation_id] = max(self._found(operation_id), key=lambda one: one[0], default=None)
        known = self._known[operation_id]
        if known is None:
            return ""
        shared, monitor = known
        asked = path.partition("?")[0].rstrip("/").split("/")
        before = len(asked) - len(_steps(self._document.operations[operation_id].template)) + shared
        *words, last = _steps(monitor.template)[shared:]
        return "/".join([*asked[:before], *words, self._id(monitor, last[1:-1])])

    def _found(self, operation_id: str) -> Iterator[tuple[int, Operation]]:
        """Each monitor, after how many steps it has in common with the operation."""
        listed = self._document.operations.values()
        own, made = _steps(self._document.operations[operation_id].template), {
            tuple(_steps(other.template)) for other in listed if other.method == "POST"
        }  # fmt: skip
        for other in listed:
            steps = _steps(other.template)
            is_of_one = steps[-1].startswith("{") and steps[-1].endswith("}")
            if other.method != "GET" or not is_of_one or tuple(steps[:-1]) in made:  # only what was made is there
                continue
            shared = next((at for at, (one, two) in enumerate(zip(own, steps, strict=False)) if one != two), len(own))
            rest = steps[shared:]
            is_below = 1 < len(rest) < 4 and not any("{" in word for word in rest[:-1])
            if is_below and any(word in "".join(rest).lower() for word in _WORDS):
                yield shared, other

    def _id(self, monitor: Operation, name: str) -> str:
        entry = next((one for one in self._document.parameters(monitor) if one["name"] == name), {})
        level = self._document.schemas.plain(entry.get("schema", entry))
        return self._value(name, level if types_of(level) else {"type": "string"})


def _steps(template: str) -> list[str]:
    return template.partition("#")[0].partition("?")[0].split("/")
