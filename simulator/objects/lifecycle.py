"""The lifecycle of a kind of object, as it is declared.

Which moves it can make, from which status, and what else comes of each. objects.payments declares the payments
vendor's kinds; simulator.objects.service carries the moves out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.storage.resources import Resources
from tidegate.values.json_value import Obj

Given = Mapping[str, Any]


class MoveContext(Protocol):
    """The surroundings of a move: the other objects, the time, and letters that nobody else gets."""

    @property
    def resources(self) -> Resources:
        """Everything the vendor holds."""
        ...

    @property
    def wall(self) -> int:
        """Seconds since 1970."""
        ...

    def letters(self, name: str, count: int) -> str:
        """Letters and digits that belong to this request and name."""
        ...


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """The effect of a move: new values of fields, and events.

    `refused` is what the caller gets although the change is kept. `then` is the next move, made at once; `later` is one
    that is made `later_s` seconds from now.
    """

    fields: Obj = field(default_factory=dict)
    events: tuple[str, ...] = ()
    refused: VendorError | None = None
    then: str = ""
    later: str = ""
    later_s: float = 0.0


Step = Callable[[Obj, Given, MoveContext], ObjectChange]
"""From the object and the values of the request to the change. Raises VendorError where nothing shall change."""


@dataclass(frozen=True, slots=True)
class Move:
    """A step, and the statuses that it may begin from. No statuses: from any."""

    step: Step
    begins: tuple[str, ...] = ()


UNCHANGED = ObjectChange()


def _unchanged(_thing: Obj, _given: Given, _context: MoveContext) -> ObjectChange:
    return UNCHANGED


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The lifecycle of one kind.

    `created`, `updated` and `deleted` name its events. `references` maps a field to the kind whose id it holds; `known`
    maps a field to what the vendor calls such a thing and the only values that it may have; `indexed` are fields that
    moves look objects up by; `path_param` is what errors call the id in the path.
    """

    created: str = ""
    updated: str = ""
    deleted: str = ""
    path_param: str = "id"
    on_create: Move = Move(_unchanged)
    on_update: Move = Move(_unchanged)
    moves: Mapping[str, Move] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    indexed: tuple[str, ...] = ()


ANY = Lifecycle()
"""The life of a kind that declares nothing: made, changed and deleted freely, without events."""


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A move that an object makes by itself at `wall`: one of its lifecycle's, or the nth transition of its facts.

    `name` is what the move's own objects are named after.
    """

    kind: ResourceKind
    key: str
    move: str | int
    wall: float
    name: str
