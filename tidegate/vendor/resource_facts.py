"""The objects of a vendor and the paging of its lists, where the document does not say it.

Everything here has a default that the simulator recognises from the document: the vendor file says only what differs.
Shapes only; simulator.document.resource_model and simulator.document.paging.page_style act on them.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import Field

from tidegate.configfile.block import Block, HeaderName, Pointer
from tidegate.configfile.units import Duration

Does = Literal["list", "create", "retrieve", "update", "put", "delete", "act", "sample"]


class Pages(Block):
    """How lists are paged. What is left out is recognised from the names of the parameters and of the answer."""

    by: Literal["cursor", "token", "offset", "page"] | None = None
    """What names the next page: the last object's id, a token that the vendor made up, a count of objects, or a number
    of pages."""
    parameter: str | None = None
    """The query parameter that carries it."""
    back: str | None = None
    """The query parameter that leads the other way, for a cursor."""
    limit: str | None = None
    """The query parameter that says how many objects a page has."""
    default: Annotated[int, Field(ge=1)] = 10
    """How many it has where the request does not say."""
    first: Literal[0, 1] = 1
    """The number of the first page."""
    order: Literal["newest", "oldest"] = "newest"
    """Which object comes first."""
    link: bool = False
    """Whether the `Link` header (RFC 8288) names the other pages."""
    relative: bool = False
    """Whether the other pages' addresses have no host, although the document says `format: uri`."""


class ObjectOperation(Block):
    """What one operation does to objects of a kind, where its method and path do not tell."""

    does: Does
    """`put` makes the object where it is not there; `act` changes it by what is declared here."""
    id: str | None = None
    """The parameter that names the object, of the path, the query or the body."""
    within: dict[str, str] = Field(default={})
    """The parameter that names each object around it, by the names in the kind's `within`."""
    at: Pointer | None = None
    """Where the object, or the list of objects, stands in the answer."""
    set: dict[str, Any] = Field(default={})
    """New values of fields. `{field}` in a text is the value of another field or parameter."""
    headers: dict[HeaderName, str] = Field(default={})
    """Headers of the answer that tell of the object: places as in `set`."""
    narrow: dict[str, str] = Field(default={})
    """What the fields of the objects in this list are. Places as in `set`, and {base} for the vendor's address."""


class Transition(Block):
    """A change of an object's status that the vendor makes by itself, or lets nobody make from another status."""

    action: str | None = None
    """The operation, or the last word of its path, that makes it; without one it comes by itself. That of an operation
    that makes such objects is made as the object is."""
    when: dict[str, Any] = Field(default={})
    """It is made only where the request has these values. A name with a slash before it is a JSON Pointer."""
    since: tuple[str, ...] = ()
    """The statuses that it begins from; any where none is named."""
    after: Duration | None = None
    """It comes so long after the object has reached such a status."""
    set: dict[str, Any] = Field(default={})
    """New values of fields, the status among them. `{now}` is the moment of the change."""


class ObjectFacts(Block):
    """One kind of object, by the name that the simulator has for it (`tidegate simulate` shows them)."""

    path: str | None = None
    """The path template under which one object is found, where the document has several or none."""
    id: str | None = None
    """The field that holds its id."""
    prefix: str | None = None
    """How its ids begin, where neither a pattern nor an example shows it: `cus_`."""
    numbered: bool | None = None
    """Whether ids count up from 1 within the object around it."""
    within: dict[str, Pointer] = Field(default={})
    """Path parameters of the objects around it, and where the object itself holds their values."""
    status: str = "status"
    """The field that transitions speak of."""
    set: dict[str, Any] = Field(default={})
    """Fields that the vendor sets when the object is made. `{field}` in a text is the value of another field."""
    always: bool = False
    """Whether every id is taken to be there, because nobody makes such objects through this document."""
    revision: str | None = None
    """The field that grows with each change, where whoever puts an object counts: an older one is refused."""
    references: dict[str, str] = Field(default={})
    """Fields that hold the id of another object, and its kind: an id that names nothing is refused."""
    there: tuple[dict[str, Any], ...] = ()
    """Objects that are there from the beginning. Where nothing makes such objects, there are no others."""
    operations: dict[str, ObjectOperation] = Field(default={})
    """Operations on this kind that their method and path do not tell."""
    transitions: tuple[Transition, ...] = ()
    """How its status changes."""


_UNSAID = ObjectFacts()


class ResourceFacts(Block):
    """What the vendor holds."""

    pages: Pages = Pages()
    """How lists are paged."""
    fixtures: str | None = None
    """A file of the vendor's own sample objects, relative to this file: `{"resources": {kind: object}}`."""
    nulls: Literal["said", "meant"] = "said"
    """Where a field without a value yet is null: only where the document says so by the letter, or also where it has
    `nullable` without a `type` or beside a reference, and means it."""
    objects: dict[str, ObjectFacts] = Field(default={})
    """Kinds of objects by name, or by a pattern for several: `"*": {always: true}`. What a name says wins."""

    def of(self, kind: str) -> ObjectFacts:
        """What is said of a kind: by its name, and by patterns where its name says nothing, a longer one first."""
        patterns = sorted((name for name in self.objects if is_kind_pattern(name)), key=len)
        if not patterns:
            return self.objects.get(kind, _UNSAID)
        said: dict[str, Any] = {}
        for name in (*(pattern for pattern in patterns if fnmatchcase(kind, pattern)), kind):
            facts = self.objects.get(name, _UNSAID)
            said |= {field: getattr(facts, field) for field in facts.model_fields_set}
        return _UNSAID.model_copy(update=said)


def is_kind_pattern(name: str) -> bool:
    """True where a name is a pattern, and means several kinds."""
    return "*" in name or "?" in name
