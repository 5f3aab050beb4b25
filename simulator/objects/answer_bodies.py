"""The bodies of answers: an object, a page of them or a sample, in the envelope that stands around it.

It stores nothing, knows no kind's meaning and no HTTP.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.schema_types import may_be_null, types_of
from tidegate.openapi.schemas import Schemas
from tidegate.openapi.validator import pattern_matches
from tidegate.simulator.answer.event_frames import Event, events_in
from tidegate.simulator.answer.media_types import is_json
from tidegate.simulator.answer.written_body import is_as_it_is, written
from tidegate.simulator.document.documented_answer import At, chosen, inside, with_part, without_part
from tidegate.simulator.document.resource_kind import ResourceKind, variant_of, with_variants
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.merge.chosen_fields import ALL_FIELDS, FieldChoice, choosing, chosen_fields, words_of
from tidegate.simulator.merge.schema_merge import SchemaMerge
from tidegate.simulator.objects.operation_request import OperationResult
from tidegate.simulator.storage.pagination import flat
from tidegate.values.documented_example import part_of
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import plain_name
from tidegate.values.value_generator import ANSWER, FULL, ValueGenerator


class AnswerBodies:
    """Answers of one document's operations."""

    def __init__(self, kinds: ResourceModel, generator: ValueGenerator, fitting: SchemaMerge) -> None:
        self.document = kinds.document
        self.kinds = kinds
        self._schemas: Schemas = kinds.document.schemas
        self._generator = generator
        self._merge = fitting
        self._bodies: dict[tuple[str, At], Any] = {}
        self._choosing: dict[str, tuple[str, ...]] = {}
        self._forms: dict[str, ResourceKind] = {}

    def body(self, operation: ResourceOperation, name: str, values: Mapping[str, Any]) -> Any:
        """An answer in which no stored object is: drawn, with what was sent where the answer has a place for it."""
        answer = operation.documented
        if answer is None or not answer.media:
            return NOTHING
        if not answer.has_fields:
            value = self._other(operation, name, answer.schema, answer.example)
            return self.written(answer.media, value, answer.schema)
        if answer.schema is None:
            return {} if answer.example is NOTHING else answer.example
        schema = self._form(operation, answer.schema, values)
        made = self._generator.value("", schema, name, FULL, answer.example)
        if not isinstance(made, dict):
            return made
        around: Obj = {}
        for parent in operation.parents:
            if parent.param in values:
                around[parent.field] = parent.with_id(made.get(parent.field), values[parent.param])
        fields = self._schemas.plain(schema).get("properties", {})
        for field in [field for field, value in values.items() if isinstance(value, dict) and field in fields]:
            made = {**made, field: self._merge.filled(fields[field], made.get(field), values[field])}
        return self._merge.filled(schema, made, {**around, **values})

    def _form(self, operation: ResourceOperation, schema: Any, values: Mapping[str, Any]) -> Any:
        """The form of an answer of several that what was sent has; the answer's schema where it tells none."""
        if operation.id not in self._forms:
            fields = self._schemas.plain(chosen(self.document, schema)).get("properties", {})
            kind = self._forms[operation.id] = ResourceKind(operation.id, (), schema=schema, fields=fields)
            with_variants(self.document, kind, schema, (), surely=True)
        kind = self._forms[operation.id]
        return (
            variant_of(self.document, kind, values).schema if kind.variants and kind.fields.keys() & values else schema
        )

    def of_many(
        self, operation: ResourceOperation, kind: ResourceKind, things: list[Obj], name: str
    ) -> OperationResult:
        """What a request about many objects is answered: they themselves, or how many they were, and which."""
        if operation.documented is None or not operation.documented.media:
            return OperationResult(NOTHING, operation.status)
        if operation.inner is not None and operation.does != "delete":
            shown = [self.item(operation, thing) for thing in things]
            return OperationResult(self.page(operation, shown, {}) if operation.at else shown, operation.status)
        ids = [identifier for thing in things if (identifier := kind.id_of(thing)) is not NOTHING]
        words = {"create": "created", "update": "updated", "delete": "deleted"}
        done = words.get(operation.does, "found")
        counted = {word: len(things) for word in (done, f"{done}count", "count", "affected", "affectedcount", "total")}
        body = self.body(operation, name, {**counted, "success": True})
        if isinstance(body, dict):
            body = self._merge.filled(operation.answer, body, {"ids": ids, f"{done}ids": ids})
            body = self._merge.filled(operation.answer, body, {done: ids} if isinstance(body.get(done), list) else {})
        return OperationResult(body, operation.status)

    def offered(self, operation: ResourceOperation, media: str, body: Any, name: str) -> bytes:
        """An answer in another media type that the document has for it; `body` is what it is in the first."""
        answer = operation.documented
        schema, example = answer.others[media] if answer is not None else (None, NOTHING)
        if operation.does == "sample" or (example is not NOTHING and "string" in types_of(self._schemas.plain(schema))):
            return self.written(media, self._other(operation, name, schema, example), schema)
        if (
            schema
            and (is_json(media) or is_as_it_is(media))
            and not self._schemas.validator(schema, of="answer").is_valid(body)
        ):
            return self.written(media, self._generator.value("", schema, name, FULL, example), schema)
        return self.written(media, body, operation.answer if schema is None else schema)

    def identifier(self, operation: ResourceOperation, identifier: Any) -> Any:
        """The answer that is nothing but the id of what was made; NOTHING where it is something else."""
        answer = operation.documented
        if answer is None or not answer.is_json or answer.schema is None or identifier is NOTHING:
            return NOTHING
        types = types_of(self._schemas.plain(answer.schema))
        if types not in (["string"], ["integer"]):
            return NOTHING
        told = str(identifier) if types == ["string"] else identifier
        return told if self._schemas.validator(answer.schema, of="answer").is_valid(told) else NOTHING

    def events(self, operation: ResourceOperation, body: Any, name: str) -> tuple[Event, ...]:
        """The stream that an answer can come as: its example, one event by its own schema, else the body itself."""
        documented = operation.documented
        schema, example = documented.event if documented is not None else (None, NOTHING)
        if isinstance(example, str) and (shown := events_in(example)):
            return shown
        if documented is None or not schema or schema == documented.schema:
            return (("", {} if body is NOTHING else body),)
        listed = example if documented.is_framed and isinstance(example, list) else [example]
        made = [self._generator.value("", schema, f"{operation.id}:{name}", FULL, one) for one in listed]
        return tuple(one if documented.is_framed and isinstance(one, dict) else ("", one) for one in made)

    def written(self, media: str, value: Any, schema: Any) -> bytes:
        """A value in a media type."""
        return written(media, value, schema or {}, self._schemas.plain, self._schemas.inheritance.name_of(schema))

    def _other(self, operation: ResourceOperation, name: str, schema: Any, example: Any) -> Any:
        """A value for what is no JSON: the example as it is, else one that the schema lets through."""
        if example is not NOTHING or schema is None:
            return example
        return self._generator.value("", schema, f"{operation.id}:{name}", FULL)

    def around(self, operation: ResourceOperation, fields: Obj, name: str) -> Any:
        """An answer that says this, and beside it, at every depth, what else the document says that it must have."""
        return _deep(self._generator.value("", operation.answer, name, FULL), fields)

    def completed(self, operation: ResourceOperation, fields: Obj, name: str) -> Obj:
        """The same fields; one that its schema does not let through has what else it must have, at every depth."""
        properties = self._schemas.plain(operation.answer).get("properties", {}) if operation.answer else {}
        lacking = [
            field
            for field, value in fields.items()
            if field in properties and not self._schemas.validator(properties[field], of="answer").is_valid(value)
        ]
        if not lacking:
            return fields
        whole = self.around(operation, {field: fields[field] for field in lacking}, name)
        return {**fields, **{field: whole[field] for field in lacking}}

    def envelope(self, operation: ResourceOperation) -> Any:
        """The envelope around the object, or the list of objects, in the answer."""
        mark = (operation.id, operation.at)
        if mark not in self._bodies:
            self._bodies[mark] = self._generator.value(
                "", operation.answer, operation.kind or operation.id, ANSWER, NOTHING
            )
        return self._bodies[mark]

    def wanted(self, operation: ResourceOperation, values: Mapping[str, Any]) -> FieldChoice:
        """The fields that a read wants of its objects; none where it wants all."""
        if operation.id not in self._choosing:
            self._choosing[operation.id] = choosing(self.document, self.document.operations[operation.id])
        params = self._choosing[operation.id]
        return words_of(params, flat(values)) if params else ALL_FIELDS

    def only(self, operation: ResourceOperation, part: Any, words: FieldChoice) -> Any:
        """An object as an operation shows it, with no other fields than these and those that it always has."""
        kind = self.kinds.named[operation.kind]
        return chosen_fields(self.document, kind, operation.inner, part, words) if isinstance(part, dict) else part

    def shown(self, operation: ResourceOperation, thing: Obj) -> Any:
        """A stored object as this operation shows it, valid by the schema that the operation has for it."""
        if operation.same:
            return thing
        kind = self.kinds.named[operation.kind]
        if kind.variants and self._schemas.validator(operation.inner, of="answer").is_valid(thing):
            return thing
        mark = (operation.id, ("", *operation.at))
        if mark not in self._bodies:
            hint = NOTHING if operation.documented is None else operation.documented.example
            self._bodies[mark] = self._generator.value(
                "", operation.inner, operation.id, ANSWER, _first(hint, operation.at)
            )
        sample = self._bodies[mark]
        if not isinstance(sample, dict):
            return sample
        if missing := (sample.keys() & kind.fields.keys()) - thing.keys():  # it was taken away
            required = self._schemas.plain(operation.inner).get("required", ())
            sample = {name: value for name, value in sample.items() if name not in missing or name in required}
        made = self._merge.filled(operation.inner, sample, thing)
        if not operation.opens:
            return made
        extra = {name: value for name, value in thing.items() if name not in kind.fields and name not in made}
        others = self._schemas.plain(operation.inner).get("additionalProperties")
        if extra and isinstance(others, Mapping):
            check = self._schemas.validator(others, of="answer")
            extra = {name: value for name, value in extra.items() if check.is_valid(value)}
        return {**made, **extra}

    def part(self, operation: ResourceOperation, part: Any) -> Any:
        """A part of an object as this operation shows it: with the fields that its answer has."""
        fields = self._schemas.plain(operation.answer).get("properties", {})
        if not isinstance(part, dict) or not fields:
            return part
        return {name: value for name, value in part.items() if name in fields}

    def item(self, operation: ResourceOperation, thing: Obj, cursor: str = "", words: FieldChoice = ALL_FIELDS) -> Any:
        """A stored object as an item of this operation's list, in the envelope that each has there, with its cursor."""
        part = self.shown(operation, thing)
        part = self.only(operation, part, words) if words else part
        if not operation.item_at:
            return part
        mark = (operation.id, ("item",))
        if mark not in self._bodies:
            level = self._schemas.plain(inside(self.kinds.document, operation.answer, operation.at))
            self._bodies[mark] = self._generator.value("", level.get("items", {}), operation.id, ANSWER, NOTHING)
        body = self._bodies[mark] if isinstance(self._bodies[mark], dict) else {}
        body = {**body, "cursor": cursor} if cursor and isinstance(body.get("cursor"), str) else body
        return with_part(body, operation.item_at, part)

    def placed(self, operation: ResourceOperation, part: Any, sources: Mapping[str, Any]) -> Any:
        """The whole answer with `part` at its place, and what is said beside it."""
        if not operation.at:
            return part
        body = self.envelope(operation)
        if not isinstance(body, dict):
            return part
        body = self._merge.filled(operation.answer, body, sources) if sources else body
        return with_part(body, operation.at, part)

    def page(
        self, operation: ResourceOperation, shown: list[Any], beside: Mapping[tuple[str, ...], Any], base: str = ""
    ) -> Any:
        """A list in its envelope, with what is said beside it; where nothing is to be said: null, or left out.

        `base` goes before addresses that the document wants whole, with `format: uri` (RFC 3986 §3).
        """
        body = self.envelope(operation)
        if not isinstance(body, dict):
            return shown
        for place, value in beside.items():
            body = self._beside(operation, body, place, value, base)
        return with_part(body, operation.at, shown)

    def _beside(self, operation: ResourceOperation, body: Obj, place: At, value: Any, base: str) -> Obj:
        holder = inside(self.kinds.document, operation.answer, place[:-1])
        level = self._schemas.plain(self._schemas.plain(holder).get("properties", {}).get(place[-1], {}))
        if value in (None, ""):
            if not may_be_null(level) and place[-1] not in self._schemas.plain(holder).get("required", ()):
                return without_part(body, place)
            if not may_be_null(level) and len(place) > 1 and plain_name(place[-2]).startswith(("next", "prev")):
                around = inside(self.kinds.document, operation.answer, place[:-2])
                if place[-2] not in self._schemas.plain(around).get("required", ()):
                    return without_part(body, place[:-1])  # HubSpot: `paging.next` is there where there is more
            value = None if may_be_null(level) else 0 if {"integer", "number"} & {*types_of(level)} else ""
        if level.get("format") == "uri" and isinstance(value, str) and value.startswith("/"):
            value = value if _tells_relative(operation) else base + value
        if isinstance(value, str) and not pattern_matches(level.get("pattern", ""), value):
            return body
        if "string" in types_of(level) and isinstance(value, int):
            value = str(value)
        return with_part(body, place, value)


def _tells_relative(operation: ResourceOperation) -> bool:
    """Whether the document's own example of a list has addresses beside the list that begin with a slash."""
    example = operation.documented.example if operation.documented is not None else NOTHING
    holder = part_of(example, operation.at[:-1])
    return isinstance(holder, dict) and any(
        isinstance(told, str) and told.startswith("/") and not told.startswith("//") for told in holder.values()
    )


def _deep(drawn: Any, given: Any) -> Any:
    if isinstance(drawn, dict) and isinstance(given, dict):
        return {
            **{name: value for name, value in drawn.items() if name not in given},
            **{name: _deep(drawn.get(name), value) for name, value in given.items()},
        }
    if isinstance(drawn, list) and isinstance(given, list) and drawn:
        return [_deep(drawn[0], item) for item in given]
    return given


def _first(example: Any, at: At) -> Any:
    part = part_of(example, at)
    if isinstance(part, list):
        return part[0] if part else NOTHING
    return part
