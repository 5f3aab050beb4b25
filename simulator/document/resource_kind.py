"""One kind of object: where its objects are, which field holds their id, and what the vendor file says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.simulator.document.path_template import TemplateKey
from tidegate.simulator.values.json_value import NOTHING
from tidegate.vendor.resource_facts import ObjectFacts


@dataclass(slots=True)
class ResourceKind:
    """One kind of object.

    `home` is the key of the path of one object, `within` the parameters of the objects around it, `id_field` the field
    that holds its id (empty where it has none). `single` marks a kind of which each place has one, without an id.
    """

    name: str
    home: TemplateKey
    within: tuple[str, ...] = ()
    id_param: str = "id"
    id_field: str = ""
    schema: Any = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    example: Any = NOTHING
    single: bool = False
    marked: bool = False
    """True where the vendor has a name of its own for it."""
    made: bool = False
    """True where an operation makes such objects."""
    facts: ObjectFacts = field(default_factory=ObjectFacts)
    filters: dict[str, str] = field(default_factory=dict)
    """Query parameters of its lists, and the fields that they filter by."""
    names: dict[str, str] = field(default_factory=dict)
    """Fields by their plain names: `friendlyname` → `friendly_name`."""

    @property
    def numbered(self) -> bool:
        """True where ids count up from 1 within the object around it."""
        return self.facts.numbered if self.facts.numbered is not None else self.id_field == "number"
