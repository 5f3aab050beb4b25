"""What a vendor posts to an app, as its document describes it: a body of the schema, with the object that it is about.

Where it goes, and when, is decided elsewhere.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.answer.media_types import is_json
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.envelope import object_at
from tidegate.simulator.document.path_template import singular
from tidegate.simulator.merge.schema_merge import SchemaMerge
from tidegate.values.documented_example import documented_example
from tidegate.values.json_value import Obj
from tidegate.values.string_values import moment, plain_name
from tidegate.values.value_generator import ANSWER, ValueGenerator

_NAMES = frozenset({"event", "type", "eventtype", "eventname", "topic", "action", "trigger", "name"})
_MOMENTS = frozenset({"timestamp", "time", "createdat", "created", "sentat", "occurredat", "eventtime", "date"})
"""Plain names of fields that name an event, and of those that say when it was."""


class DocumentedPayload:
    """The bodies that one document describes for what its vendor posts."""

    def __init__(self, document: Document, generator: ValueGenerator) -> None:
        self.document = document
        self._generator = generator
        self._merge = SchemaMerge(document.schemas)

    def body(self, operation: Mapping[str, Any], about: Obj, *, event: str, kind: str, name: str, wall: int) -> Any:
        """A body for an Operation Object: `about` is the object, of this kind, to which `event` has happened.

        None where the document describes none. `name` is what its own values are made from, `wall` the moment.
        """
        request = self.document.follow(operation.get("requestBody"))
        content = request.get("content") if isinstance(request, dict) else None
        listed = content.items() if isinstance(content, dict) else ()
        media = next((media for media_type, media in listed if is_json(media_type)), None)
        if not isinstance(media, dict):
            return None
        schema = media.get("schema", {})
        made = self._generator.value("", schema, name, ANSWER, documented_example(self.document, media))
        if not isinstance(made, dict):
            return made
        word = kind.rsplit("/", 1)[-1]
        told = self._told(schema, about, event, word, wall)
        at, inner = object_at(self.document, schema, word, likes=(frozenset(about),))
        if not at:
            return self._merge.filled(schema, made, {**about, **told})
        return self._placed(self._merge.filled(schema, made, told), at, inner, about)

    def _placed(self, made: Any, at: tuple[str, ...], inner: Any, about: Obj) -> Any:
        """The body with the object at its place."""
        if not at:
            return self._merge.filled(inner, made if isinstance(made, dict) else {}, about)
        held = made if isinstance(made, dict) else {}
        return {**held, at[0]: self._placed(held.get(at[0]), at[1:], inner, about)}

    def _told(self, schema: Any, about: Obj, event: str, word: str, wall: int) -> Obj:
        """What the body says of the event: its name, its moment, and the id of the object by the kind's name."""
        plain = self.document.schemas.plain
        stem = plain_name(singular(word.lower()))
        told: Obj = {}
        identifier = about.get("id", about.get("uuid"))
        for field, node in plain(chosen(self.document, schema)).get("properties", {}).items():
            level, bare = plain(node), plain_name(field)
            fixed = "enum" in level or "const" in level
            if bare in _NAMES and not (fixed or field in about) and event:
                told[field] = event
            elif bare in _MOMENTS and field not in about:
                told[field] = moment(wall, level, field)
            elif bare in (f"{stem}id", f"{stem}uuid", "objectid", "resourceid", "entityid") and identifier is not None:
                told[field] = identifier
        return told
