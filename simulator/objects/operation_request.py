"""A request for the vendor's objects, and its result: the two ends of simulator.objects.service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.simulator.merge.schema_merge import Way
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.storage.resources import Resources
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.value_generator import ValueGenerator


@dataclass(slots=True)
class OperationRequest:
    """A request that is being carried out. `name` is what its objects' ids are made from; `effects` is filled in.

    `path` is the request's path with its query, as it was sent.
    """

    name: str
    wall: int
    request_id: str | None = None
    key: str | None = None
    effects: list[Obj] = field(default_factory=list)
    path: str = ""
    number: int = 0
    """The request's number in the journal; 0 where the vendor acts by itself."""
    uploads: Mapping[str, UploadedFile] = field(default_factory=dict)
    """The files that were sent, by the field of the body."""
    base: str = ""
    """The address at which the vendor was asked, like `http://127.0.0.1:9100`."""
    accept: str = "*/*"
    """The media types that the client takes (RFC 9110 §12.5.1)."""
    way: Way = "json"
    """How the values that were sent change an object."""
    body: Any = None
    """The body, where it is no object."""
    made: Any = NOTHING
    """The id of the object that it has made."""


@dataclass(slots=True)
class OperationResult:
    """The result of a request: the body (NOTHING for none, bytes for one that is no JSON), the status and headers."""

    body: Any
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    events: tuple[tuple[str, Any], ...] = ()
    """Names and data of the events by which the answer is streamed, where it is; a name may be empty."""


class RequestMoveContext:
    """The surroundings of a move, as one request has them. See lifecycle.MoveContext."""

    def __init__(self, resources: Resources, generator: ValueGenerator, request: OperationRequest) -> None:
        self.resources = resources
        self.wall = request.wall
        self._generator = generator
        self._name = request.name

    def letters(self, name: str, count: int) -> str:
        """Letters and digits that belong to this request and name."""
        return self._generator.letters(f"{name}:{self._name}", count)
