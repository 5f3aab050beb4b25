"""A document's schemas in JSON Schema 2020-12: one level at a time to read, or compiled to check values with.

OpenAPI 3.0 and Swagger 2.0 say some things otherwise, and real documents are unsound in many ways; both are settled
here, once, leniently and with a diagnostic, so that whoever reads a schema reads plain 2020-12. Nothing is fetched, and
no schema is walked before somebody asks for it. What an operation is, is tidegate.openapi.document's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

from tidegate.json_pointer import token_of
from tidegate.openapi.diagnostic import Diagnostic, diagnosed
from tidegate.openapi.document_file import DocumentError
from tidegate.openapi.named_schemas.discriminated import tell_apart
from tidegate.openapi.named_schemas.dynamic_scope import DynamicScopes
from tidegate.openapi.named_schemas.inheritance import Inheritance
from tidegate.openapi.patterns.pattern_keywords import write_patterns
from tidegate.openapi.references import Outside
from tidegate.openapi.schema_cost import TRIES_MAX, SchemaCosts, joining_cost, spent
from tidegate.openapi.schema_merge import leave_out, merged, required_in, with_conditions
from tidegate.openapi.schema_words import (
    CONSTRAINTS,
    INNER,
    INNER_LISTS,
    INNER_MAPS,
    Level,
    Note,
    is_null_said,
    nullable,
    or_null,
    with_null,
    words,
)
from tidegate.openapi.validator import Validator, compiled

Of = Literal["request", "answer", "strict"]
"""What a schema is checked for. `strict` is an answer without null where a strict reader of `nullable` takes none."""

_INTEGER_MAX, _UNSIGNED_MAX = 2**63 - 1, 2**64 - 1
"""No vendor takes more than 64 bits for an integer; JSON does."""

JOINED_MAX = 100_000
"""One level of a schema is joined of so many properties and keywords of its parts; GitHub's takes some hundred."""
PARTS_DEPTH_MAX = 100
"""Parts of parts of parts … are joined so deep."""
NESTED_MAX = 100
"""Schemas inside each other, without a reference between, are read so deep."""

_SIBLINGS = frozenset({
    "description", "title", "default", "example", "examples", "deprecated", "nullable", "x-nullable", "readOnly",
    "writeOnly",
})  # fmt: skip
"""Keywords that count beside a `$ref` in OpenAPI 3.0 and Swagger 2.0, which ignore siblings: none that narrows."""


class Owner(Protocol):
    """The part of a document that schemas need. `resolve` raises DocumentError for what leads nowhere."""

    name: str
    siblings_count: bool
    """True where keywords beside a `$ref` count, as from OpenAPI 3.1 on."""
    diagnostics: list[Diagnostic]

    def resolve(self, reference: str, /) -> Any:
        """The target of a `$ref`."""

    def learn(self, node: Any, /) -> None:
        """Write references anew where a schema has a name of its own, before they are followed."""

    def name_of(self, node: Any, /) -> str:
        """A reference that leads to this very node."""


class Schemas:
    """The schemas of one document. What is handed out is shared: read it only."""

    def __init__(self, document: Owner) -> None:
        self._document = document
        self._plain: dict[int, tuple[Any, Level]] = {}
        self._bundled: dict[tuple[int, Of], tuple[Any, _Bundled]] = {}
        self._validators: dict[tuple[int, Of], tuple[Any, Validator]] = {}
        self._places: dict[int, str] = {}
        self._around: dict[int, tuple[Any, Mapping[str, Any]]] = {}
        self.inheritance = Inheritance(document.resolve)
        """Knows schemas by the words of discriminators."""
        self._scopes = DynamicScopes(document.resolve, document.name_of)
        self._costs: dict[Of, SchemaCosts] = {
            "request": SchemaCosts(),
            "answer": SchemaCosts(),
            "strict": SchemaCosts(),
        }
        self._noted: set[tuple[str, int]] = set()

    def plain(self, node: Any) -> Level:
        """One level of a schema: `$ref` followed, `allOf` merged, null in its type where null will do.

        Annotations and extensions stay. Schemas inside are as the document has them: give them to `plain` in turn.
        """
        cached = self._plain.get(id(node))
        if cached is None:
            cached = self._plain[id(node)] = (node, self._level(node, (), [JOINED_MAX]))
        return cached[1]

    def validator(self, node: Any, *, of: Of, place: str = "") -> Validator:
        """The schema compiled: made on first use, about 1 ms, 20 ms where it reaches half of the document.

        In a request `readOnly` properties need not be there, alternatives may overlap, and a `format` is a hint only:
        many a vendor takes a date where its document says date-time. In an answer `writeOnly` properties need not be
        there, and formats count. `place` is the JSON Pointer to the node, for diagnostics.
        """
        cached = self._validators.get((id(node), of))
        if cached is None:
            cached = self._validators[id(node), of] = (node, self._compiled(node, of, place))
        return cached[1]

    def check(self, node: Any, *, of: Of, place: str) -> None:
        """Look for what is unsound in a schema, and in all that it reaches. What it is compiled to is not kept."""
        self._compiled(node, of, place)

    # --- one level -----------------------------------------------------------------------------------------------

    def _level(self, node: Any, within: tuple[int, ...], left: list[int]) -> Level:
        """`left` is how much more may be joined; the same list all the way."""
        if not isinstance(node, Mapping) or len(within) > PARTS_DEPTH_MAX or left[0] <= 0:
            return self._whatever(node)
        if id(node) in within:
            self._note(node, "D012", "")
            return {}
        node = self._scoped(node)
        within = (*within, id(node))
        target, note = self._target(node), self._noting(node)
        if target is None:
            level, parts = with_conditions(words(node, note)), []
        else:
            counted = {key: value for key, value in node.items() if self._counts(key)}
            level = with_conditions(words(counted, note))
            parts = [self._level(target, within, left)]
        parts += [self._level(part, within, left) for part in level.pop("allOf", ())]
        left[0] -= joining_cost(level, parts)
        if left[0] <= 0:
            note("D023", f"{len(parts)} parts")
        elif parts:
            level = merged(level, parts, note)
        return with_null(level, node, is_keyword=not self._document.siblings_count) if nullable(node) else level

    def _whatever(self, node: Any) -> Level:
        """The stand-in for a schema that is no object, or is not read: `false` takes nothing, others take all."""
        if node is False:
            return {"not": {}}
        if node is not True:
            self._note(node, "D023" if isinstance(node, Mapping) else "D007", "")
        return {}

    def _counts(self, key: str) -> bool:
        return key not in ("$ref", "$dynamicRef") and (self._document.siblings_count or key in _SIBLINGS)

    def _target(self, node: Mapping[str, Any]) -> Any:
        """The target of a node's `$ref`, one step on; None without one, {} where it leads nowhere."""
        reference = node.get("$ref", node.get("$dynamicRef"))
        return self._resolved(node, reference) if isinstance(reference, str) else None

    def _resolved(self, node: Mapping[str, Any], reference: str) -> Any:
        try:
            target = self._document.resolve(reference)
        except DocumentError as error:
            self._note(
                node,
                "D018" if isinstance(error, Outside) else "D002",
                str(error).removeprefix(f"{self._document.name}: "),
            )
            return {}
        self._places.setdefault(id(target), reference)
        return target

    def _scoped(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema, in which references to anchors of its own are plain ones."""
        self._document.learn(node)
        if "$dynamicAnchor" not in node and "$defs" not in node and "$recursiveAnchor" not in node:
            return node
        if id(node) not in self._around:
            scoped = self._scopes.plain(node)
            self._around[id(node)] = (node, scoped)
            self._around[id(scoped)] = (scoped, scoped)
        return self._around[id(node)][1]

    # --- whole schemas -------------------------------------------------------------------------------------------

    def _compiled(self, node: Any, of: Of, place: str) -> Validator:
        if place:
            self._places.setdefault(id(node), place)
        definitions: dict[str, Any] = {}
        root = self._bundle(node, of)
        todo = [root]
        while todo:
            for name, target in todo.pop().targets.items():
                if name not in definitions:
                    inner = self._bundle(target, of)
                    definitions[name] = inner.schema
                    todo.append(inner)
        tries, growth = self._costs.setdefault(of, SchemaCosts()).of(root.schema, definitions)
        if tries > TRIES_MAX:
            self._note(node, "D024", "")
            return Validator(None)
        schema = {"allOf": [root.schema], "$defs": definitions} if definitions else root.schema
        try:
            engine = compiled(schema, formats=of != "request")
        except ValueError as error:
            self._note(node, "D014", str(error).splitlines()[0])
            return Validator(None)
        return Validator(engine, partial(spent, root.schema, definitions) if growth > 1 else None, growth)

    def _bundle(self, node: Any, of: Of) -> "_Bundled":
        cached = self._bundled.get((id(node), of))
        if cached is None:
            targets: dict[str, Any] = {}
            schema = self._converted(node, of, self._places.get(id(node), ""), targets, 0)
            cached = self._bundled[id(node), of] = (node, _Bundled(schema, targets))
        return cached[1]

    def _converted(self, node: Any, of: Of, place: str, targets: dict[str, Any], depth: int) -> Any:
        """The schema with all that stands inside it; what it refers to is entered in `targets`."""
        if isinstance(node, bool):
            return node
        if place:
            self._places.setdefault(id(node), place)
        if not isinstance(node, Mapping) or depth > NESTED_MAX:
            return self._whatever(node)
        node = self._scoped(node)
        target, note = self._target(node), self._noting(node)
        counted = node if target is None else {key: value for key, value in node.items() if self._counts(key)}
        level = words(counted, note)
        schema = {
            key: self._inner(key, value, of, place, targets, depth + 1)
            for key, value in level.items()
            if key in CONSTRAINTS
        }
        write_patterns(schema, note)
        leave_out(schema, self._hidden(node, level, required_in(schema), of))
        tell_apart(level, schema, self.inheritance.leads_to, loosely=of == "request")
        if of == "request" and schema.get("type") == "integer":
            most = _UNSIGNED_MAX if schema.get("format") == "uint64" else _INTEGER_MAX
            schema = {"minimum": -_INTEGER_MAX - 1, "maximum": most, **schema}
        if of == "request" and "oneOf" in schema:
            schema.setdefault("allOf", []).append({"anyOf": schema.pop("oneOf")})
        if target is not None:
            name = str(id(target))
            targets[name] = target
            schema["$ref"] = f"#/$defs/{name}"
        if nullable(node) and (of != "strict" or is_null_said(node, is_keyword=not self._document.siblings_count)):
            whole = {"$ref", "allOf", "anyOf", "oneOf", "not"} & schema.keys()
            schema = {"anyOf": [schema, {"type": "null"}]} if whole else or_null(schema)
        return schema

    def _inner(self, key: str, value: Any, of: Of, place: str, targets: dict[str, Any], depth: int) -> Any:
        below = f"{place}/{key}"
        if key in INNER:
            return self._converted(value, of, below, targets, depth)
        if key in INNER_LISTS:
            return [self._converted(inner, of, f"{below}/{at}", targets, depth) for at, inner in enumerate(value)]
        if key in INNER_MAPS:
            return {
                name: self._converted(inner, of, f"{below}/{token_of(name)}", targets, depth)
                for name, inner in value.items()
            }
        return value

    def _hidden(self, node: Any, level: Level, names: set[str], of: Of) -> set[str]:
        """Those of some required properties that need not be there: of the whole schema, wherever each part stands."""
        mark, own = "readOnly" if of == "request" else "writeOnly", level.get("properties", {})
        known = own if names <= own.keys() else self.plain(node).get("properties", {})
        return {name for name in names if name in known and self.plain(known[name]).get(mark) is True}

    # --- diagnostics ---------------------------------------------------------------------------------------------

    def _noting(self, node: Any) -> Note:
        return lambda code, detail: self._note(node, code, detail)

    def _note(self, node: Any, code: str, detail: str) -> None:
        place = self._places.get(id(node), "")
        if (code, id(node)) not in self._noted:
            self._noted.add((code, id(node)))
            self._document.diagnostics.append(diagnosed(code, place, detail))


@dataclass(frozen=True, slots=True)
class _Bundled:
    """A converted schema, and what it refers to by the name that it uses for it."""

    schema: Any
    targets: dict[str, Any]
