"""One kind of object: where its objects are, which field holds their id, and what the vendor file says of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.path_template import TemplateKey
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import ObjectFacts


@dataclass(slots=True)
class ResourceKind:
    """One kind of object.

    `home` is the key of the path of one object, `within` the parameters of the objects around it, `id_field` the field
    that holds its id (empty where it has none, or has it inside a part: `id_at` leads there). `single` marks a kind of
    which each place has one, without an id.
    """

    name: str
    home: TemplateKey
    within: tuple[str, ...] = ()
    id_param: str = "id"
    id_field: str = ""
    id_at: tuple[str, ...] = ()
    schema: Any = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    example: Any = NOTHING
    find_example: Callable[[], Any] | None = None
    """Looks for an example in other places, where there is none here: asked once, when an object is first made."""
    address: str = ""
    """The template of the path of one object."""
    single: bool = False
    open: bool = False
    """True where its objects may have fields that the schema does not name."""
    marked: bool = False
    """True where the vendor has a name of its own for it."""
    made: bool = False
    """True where an operation makes such objects."""
    nameless: bool = False
    """True where nobody is told the id of what is made: whoever asks for one knows it from elsewhere."""
    facts: ObjectFacts = field(default_factory=ObjectFacts)
    filters: dict[str, str] = field(default_factory=dict)
    """Query parameters of its lists, and the fields that they filter by."""
    names: dict[str, str] = field(default_factory=dict)
    """Fields by their plain names: `friendlyname` → `friendly_name`."""

    @property
    def numbered(self) -> bool:
        """True where ids count up from 1 within the object around it."""
        return self.facts.numbered if self.facts.numbered is not None else self.id_field == "number"

    def id_of(self, thing: Obj) -> Any:
        """The id in an object, NOTHING where it has none."""
        value: Any = thing
        for name in self.id_at:
            value = value.get(name, NOTHING) if isinstance(value, dict) else NOTHING
        return value if self.id_at else NOTHING

    def named_in(self, item: Mapping[str, Any]) -> Any:
        """The id by which an item of a batch names an object: its own, or the one field that ends so; else NOTHING."""
        identifier = self.id_of({**item})
        named = [value for name, value in item.items() if plain_name(name).endswith("id")]
        return named[0] if identifier is NOTHING and len(named) == 1 else identifier

    def with_id(self, thing: Obj, identifier: Any) -> Obj:
        """The object with this id, where it has a place for one."""
        return _put(thing, self.id_at, identifier) if self.id_at else thing


def mark_of(document: Document, node: Any) -> str:
    """The name by which the vendor knows the kind of these objects, empty where it gives none."""
    level = document.schemas.plain(node) if node is not None else {}
    if isinstance(name := level.get("x-resourceId"), str):
        return name
    marker = document.schemas.plain(level.get("properties", {}).get("object", {}))
    marks = [marker["const"]] if "const" in marker else marker.get("enum", ())
    return str(marks[0]) if len(marks) == 1 and "id" in level.get("properties", {}) else ""


def is_open(document: Document, node: Any) -> bool:
    """True where a schema says that objects may have fields which it does not name, or names none."""
    level = document.schemas.plain(chosen(document, node)) if node is not None else {}
    if "object" not in types_of(level) or level.get("oneOf") or level.get("anyOf"):
        return False
    return level.get("additionalProperties", not level.get("properties")) is not False


def _put(thing: Any, at: tuple[str, ...], value: Any) -> Obj:
    held = thing if isinstance(thing, dict) else {}
    return {**held, at[0]: value if len(at) == 1 else _put(held.get(at[0]), at[1:], value)}
