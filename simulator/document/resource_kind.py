"""One kind of object: where its objects are, which field holds their id, and what the vendor file says of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.named_schemas.inheritance import told_by
from tidegate.openapi.schema_merge import CONDITIONS
from tidegate.openapi.schema_types import Level, types_of
from tidegate.openapi.schemas import Schemas
from tidegate.simulator.document.documented_answer import chosen, inside, with_part
from tidegate.simulator.document.path_template import TemplateKey
from tidegate.values.conditions import Held, held, settled
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import ObjectFacts

_SIZES = ("bytes", "size", "filesize", "sizebytes", "sizeinbytes", "bytesize", "contentlength")
"""Plain names of the field for a file's size, the most telling first."""

VARIANTS_MAX = 100
"""So many forms of one kind's objects are told apart."""

COMBINED_MAX = 5
"""Conditions (`if`) of which any may hold together; of more, one at a time."""


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
    numeric: bool = False
    """True where its ids are texts, and the answer that tells one first has it as a number."""
    also: tuple[str, ...] = ()
    """Fields that name an object too, where a parameter says so: `idOrSlug`."""
    facts: ObjectFacts = field(default_factory=ObjectFacts)
    filters: dict[str, str] = field(default_factory=dict)
    """Query parameters of its lists, and the fields that they filter by."""
    names: dict[str, str] = field(default_factory=dict)
    """Fields by their plain names: `friendlyname` → `friendly_name`."""
    variant: str = ""
    """The name of the alternative that this is, where objects of the kind are of several forms."""
    words: frozenset[str] = frozenset()
    """The words of the discriminator that mean this alternative, in small letters."""
    is_default: bool = False
    """True where it is meant by whatever means no other one (`defaultMapping`)."""
    variants: tuple["ResourceKind", ...] = ()
    """The forms of its objects, where there are several. `fields` has those of all of them, `schema` is the first's."""
    held: Held = ()
    """Of the conditions of the kind's schema those that hold for objects of this form."""
    told_by: str = ""
    """The field whose word says which form an object has; empty where its fields decide."""

    @property
    def numbered(self) -> bool:
        """True where ids count up from 1 within the object around it."""
        return self.facts.numbered if self.facts.numbered is not None else self.id_field == "number"

    def is_within(self, key: TemplateKey) -> bool:
        """True where a path names all the objects around one of the kind, as its own does."""
        end = len(self.home) - (1 if self.single else 2)
        return not self.within or key[:end] == self.home[:end]

    def bare_id(self, identifier: Any) -> Any:
        """An id without the path before it: `b1` of `publishers/x/books/b1` (AIP-122)."""
        steps = identifier.split("/") if isinstance(identifier, str) else []
        is_path = len(steps) > 2 and (steps[-2],) == self.home[-2:-1]
        return steps[-1] if is_path else identifier

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
        return with_part(thing, self.id_at, identifier) if self.id_at else thing


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


def size_field(schemas: Schemas, kind: ResourceKind) -> str:
    """The field for a file's size in bytes, where the kind's objects stand for files; else empty."""
    for name in _SIZES:
        field_name = kind.names.get(name, "")
        if field_name and {"integer", "number"} & {*types_of(schemas.plain(kind.fields[field_name]))}:
            return field_name
    return ""


def with_variants(document: Document, kind: ResourceKind, schema: Any, at: tuple[str, ...], *, surely: bool) -> None:
    """Tell a kind the forms of its objects, where the schema at this place of an answer is a choice of several.

    `surely` where requests choose too; else its discriminator must say that these are forms, and no other objects.
    """
    plain = document.schemas.plain
    union = inside(document, schema, at) if schema else None
    level = plain(union) if union is not None else {}
    if CONDITIONS in level and level.get("properties") and kind.fields:
        _with_conditions(document, kind, level)
        return
    known = document.schemas.inheritance
    heirs = known.heirs(union)
    choices = [choice for word in ("oneOf", "anyOf") for choice in level.get(word, ())] or [*heirs]
    forms = [(one, node) for one in choices[:VARIANTS_MAX] if plain(node := chosen(document, one)).get("properties")]
    told = told_by(level)
    if len(forms) < 2 - bool(heirs) or kind.marked or not (surely or told):
        return
    if level.get("properties") and not heirs:
        return
    variants = list[ResourceKind]()
    for place, (choice, node) in enumerate(forms):
        word = known.word(choice) if heirs else known.word_among(level, choice)
        schema = known.called(node, word[0], word[1]) if word else node
        fields, name = plain(node).get("properties", {}), word[1] if word else _last(choice, place)
        words, is_default = (frozenset(), False) if heirs else known.words_among(level, choice)
        variants.append(
            replace(
                kind, variant=name, schema=schema, fields=fields, is_default=is_default,
                words=frozenset(one.lower() for one in words or (name,)),
                names={plain_name(name): name for name in fields}, open=is_open(document, node),
            )
        )  # fmt: skip
    kind.told_by = told
    _take(kind, variants)


def _last(choice: Any, place: int) -> str:
    reference = choice.get("$ref") if isinstance(choice, Mapping) else None
    return reference.rsplit("/", 1)[-1] if isinstance(reference, str) else str(place)


def _with_conditions(document: Document, kind: ResourceKind, level: Level) -> None:
    """Tell a kind the forms that the conditions of its schema (`if`, `then`, `else`) make of its objects."""
    count = len(level[CONDITIONS])
    alone = [tuple(place == at for at in range(count)) for place in range(min(count, VARIANTS_MAX - 1))]
    forms = [*product((True, False), repeat=count)] if count <= COMBINED_MAX else [*alone, (False,) * count]
    variants = list[ResourceKind]()
    for form in forms:
        schema = settled(level, form)
        fields = document.schemas.plain(schema).get("properties", {})
        names = {plain_name(name): name for name in fields}
        variants.append(replace(kind, variant=str(form), held=form, schema=schema, fields=fields, names=names))
    _take(kind, variants)


def _take(kind: ResourceKind, variants: Sequence[ResourceKind]) -> None:
    kind.fields = {name: node for variant in reversed(variants) for name, node in variant.fields.items()}
    kind.names = {plain_name(name): name for name in kind.fields}
    kind.variants = (*variants,)


def variant_of(document: Document, kind: ResourceKind, values: Mapping[str, Any]) -> ResourceKind:
    """The form that values have: as the discriminator's word says, else the first that takes them, or has most of them.

    Where the schema has conditions, the one of those that hold. The kind itself where it has no forms.
    """
    if not kind.variants:
        return kind
    conditions = document.schemas.plain(kind.schema).get(CONDITIONS)
    if conditions:
        holding = held(document.schemas, conditions, values, "request")
        if form := [variant for variant in kind.variants if variant.held == holding]:
            return form[0]
    word = str(values.get(kind.told_by, "")).lower() if kind.told_by else ""
    for variant in kind.variants:
        if word in variant.words:
            return variant
    if (rest := next((variant for variant in kind.variants if variant.is_default), None)) is not None:
        return rest
    known = {name: value for name, value in values.items() if name in kind.fields}
    checks = document.schemas.validator
    for variant in kind.variants:
        if known and known.keys() <= variant.fields.keys() and checks(variant.schema, of="request").is_valid(known):
            return variant
    return max(kind.variants, key=lambda variant: _fitting(document, variant, known))


def _fitting(document: Document, variant: ResourceKind, known: Mapping[str, Any]) -> tuple[int, int]:
    """How well values go with a form: by words that only it has, then by the number of its fields."""
    shared = known.keys() & variant.fields.keys()
    levels = {name: document.schemas.plain(variant.fields[name]) for name in shared}
    words = {name: level.get("enum", [level["const"]] if "const" in level else []) for name, level in levels.items()}
    said = sum((1 if known[name] in listed else -1) for name, listed in words.items() if listed)
    return said, len(shared)
