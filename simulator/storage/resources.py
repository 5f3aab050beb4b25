"""The objects that the vendor stores, by kind and key, in the order in which they were made.

Objects are never changed in place: a change replaces the object, so that events and journal may keep the old one
without copying it. Nothing here costs more than the page that it returns, or, where a list is bounded by `created` and
its objects did not come in that order, than the kind. It knows no kind by name, and no HTTP.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from tidegate.simulator.storage.table import SCOPE, ListQuery, Table, UnknownCursorError
from tidegate.values.json_value import Obj

__all__ = ["SCOPE", "ListQuery", "Resources", "UnknownCursorError"]


class Resources:
    """Everything the vendor holds.

    `indexed` names each kind's fields that lists may be filtered by; `most` bounds a kind, whose oldest objects are
    forgotten first. A key is an object's id, after the ids of the objects around it and a slash where there are any.
    """

    def __init__(self, indexed: Mapping[str, Sequence[str]], most: Mapping[str, int]) -> None:
        self._indexed = indexed
        self._most = most
        self._tables: dict[str, Table] = {}

    def _table(self, kind: str) -> Table:
        if kind not in self._tables:
            self._tables[kind] = Table(self._indexed.get(kind, ()), self._most.get(kind))
        return self._tables[kind]

    def get(self, kind: str, key: object) -> Obj | None:
        """One object, None where there is none."""
        table = self._tables.get(kind)
        number = table.numbers.get(key) if table is not None and isinstance(key, str) else None
        return None if number is None or table is None else table.shown(number)

    def put(
        self, kind: str, thing: Obj, key: str | None = None, prototype: Obj | None = None, own: Obj | None = None
    ) -> None:
        """Add a new object, or replace the one with this key; without one its id is the key.

        `prototype` is the kind's prototype, and must always be the same for one kind. `own` has the fields in which the
        object differs from it, where they are known.
        """
        table = self._table(kind)
        if prototype is not None and not table.prototype and not table.objects:
            table.prototype = prototype
        key = str(thing["id"]) if key is None else key
        if key in table.numbers:
            table.replace(key, thing)
        else:
            table.add(key, key.rpartition("/")[0], thing, own if table.prototype is prototype else None)

    def remove(self, kind: str, key: str) -> None:
        """Take one out. Raises KeyError where there is none."""
        self._table(kind).remove(key)

    def page(self, kind: str, query: ListQuery) -> tuple[list[tuple[str, Obj]], bool]:
        """One page, keys and objects, and whether there is more beyond it. Raises UnknownCursorError."""
        table = self._table(kind)
        if query.order:
            return _ordered_page(table, query)
        low, high, newest_first = 0, table.next, query.newest_first
        if query.after is not None:
            number = query.places[0] if query.places and query.after not in table.numbers else None
            number = table.number_of("after", query.after) if number is None else number
            low, high = (low, min(high, number)) if newest_first else (max(low, number + 1), high)
        if query.ending is not None:
            number = table.number_of("ending", query.ending)
            low, high = (max(low, number + 1), high) if newest_first else (low, min(high, number))
            newest_first = not newest_first
        directed = replace(query, newest_first=newest_first)
        numbers = list(islice(table.select(directed, low, high), query.limit + 1))
        page = [(table.keys[number], table.shown(number)) for number in numbers[: query.limit]]
        return page if query.ending is None else page[::-1], len(numbers) > query.limit

    def count(self, kind: str, query: ListQuery) -> int:
        """The number of objects that pass the query's filters."""
        return self._table(kind).count(query)

    def number(self, kind: str, key: str) -> int:
        """The number of an object in the order of making. Raises KeyError where there is none."""
        return self._table(kind).numbers[key]

    def matching(self, kind: str, field_name: str, value: str) -> Iterator[Obj]:
        """All objects whose indexed field has this value, oldest first."""
        table = self._table(kind)
        return (table.shown(number) for number in table.index[field_name].get(value, ()))

    def values(self, kind: str, field_name: str) -> Iterable[str]:
        """The values that an indexed field has had."""
        return self._table(kind).index[field_name].keys()

    def is_indexed(self, kind: str, field_name: str) -> bool:
        """True where lists of this kind can be filtered by this field."""
        return field_name in self._indexed.get(kind, ())

    def key_of(self, kind: str, key: str, also: Sequence[str]) -> str:
        """A key, or that of the object which its last part names by one of the indexed fields `also`."""
        table = self._table(kind)
        if not also or key in table.numbers:
            return key
        scope, _, name = key.rpartition("/")
        keys = (table.keys[number] for field_name in also for number in table.index[field_name].get(name, ()))
        return next((other for other in keys if other.rpartition("/")[0] == scope), key)

    def some_key(self, kind: str, scope: str, turn: int) -> str | None:
        """The key of one of the objects in a place, None where there is none. The same turn gives the same one."""
        table = self._table(kind)
        numbers = table.index[SCOPE].get(scope, ()) if scope else table.order
        return table.keys[numbers[turn % len(numbers)]] if numbers else None

    def all(self) -> dict[str, Any]:
        """Everything by kind, oldest first: a list of objects whose keys are their ids, or else objects by key."""
        return {
            kind: [thing for _, thing in things] if all(map(_has_its_key, things)) else dict(things)
            for kind, things in self.items().items()
        }

    def counts(self) -> dict[str, int]:
        """The number of objects of each kind."""
        return {kind: len(table.order) for kind, table in sorted(self._tables.items()) if table.order}

    def newest(self, kind: str, most: int) -> list[tuple[str, Obj]]:
        """The newest objects of a kind with their keys, the newest first."""
        table = self._tables.get(kind)
        numbers = table.order[-most:] if table is not None and most else []
        return [(table.keys[number], table.shown(number)) for number in reversed(numbers) if table is not None]

    def items(self) -> dict[str, list[tuple[str, Obj]]]:
        """Everything by kind, oldest first, each object behind its key."""
        return {
            kind: [(table.keys[number], table.shown(number)) for number in table.order]
            for kind, table in sorted(self._tables.items())
            if table.order
        }

    def clear(self) -> None:
        """Forget everything."""
        self._tables.clear()


def _ordered_page(table: Table, query: ListQuery) -> tuple[list[tuple[str, Obj]], bool]:
    """One page of a list that the request orders itself: all that passes is looked at."""
    numbers = table.ordered(query)
    first, last = query.skip, len(numbers)
    if query.after is not None:
        if query.after in table.numbers and (number := table.numbers[query.after]) in numbers:
            first = numbers.index(number) + 1
        elif query.places is not None:
            first = query.places[1] - 1  # it is gone, and what was behind it has moved up
        else:
            raise UnknownCursorError("after", query.after)
    if query.ending is not None:
        number = table.number_of("ending", query.ending)
        last = numbers.index(number) if number in numbers else last
        first = max(first, last - query.limit)
    page = numbers[first : min(first + query.limit, last)]
    more = first > 0 if query.ending is not None else first + query.limit < last
    return [(table.keys[number], table.shown(number)) for number in page], more


def _has_its_key(stored: tuple[str, Obj]) -> bool:
    key, thing = stored
    return "/" not in key and str(thing.get("id")) == key
