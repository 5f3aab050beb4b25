"""What the vendor holds: objects by kind and key, in the order they were made, with indexes for lists.

Objects are never changed in place: a change replaces the object, so that events and journal may keep the old one
without copying it. Only what differs from a kind's blank object is kept. Nothing here costs more than the page that it
returns. It knows no kind by name, and no HTTP.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, compress, islice, repeat
from operator import is_not
from typing import Any

Obj = dict[str, Any]

SCOPE = ""
"""The name of the index by the objects around an object."""


class UnknownCursorError(LookupError):
    """The object that a page shall begin or end at is not there. `param` is the cursor's name."""

    def __init__(self, param: str, identifier: str) -> None:
        super().__init__(identifier)
        self.param = param
        self.identifier = identifier


@dataclass(frozen=True, slots=True)
class Query:
    """Which page of a list.

    `after` and `ending` are keys of objects; `skip` counts objects. `filters` maps an indexed field to the values it
    may have; `since` and `before` bound `created` (seconds since 1970, `since` included, `before` not).
    """

    limit: int = 10
    after: str | None = None
    ending: str | None = None
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: float | None = None
    before: float | None = None
    skip: int = 0
    newest_first: bool = True


class _Whole(dict[str, Any]):
    """An object that is kept as it is, because it lacks fields of its kind's blank."""


class _Table:
    """One kind. Numbers count up, so a sorted list of numbers is a list in order of making."""

    def __init__(self, indexed: Sequence[str], most: int | None) -> None:
        self.blank: Obj = {}
        self.objects: dict[int, Obj] = {}
        self.numbers: dict[str, int] = {}
        self.keys: dict[int, str] = {}
        self.order: list[int] = []
        self.index: dict[str, dict[str, list[int]]] = {name: {} for name in (SCOPE, *indexed)}
        self.most = most
        self.next = 0

    def shown(self, number: int) -> Obj:
        kept = self.objects[number]
        return dict(kept) if isinstance(kept, _Whole) else {**self.blank, **kept}

    def packed(self, thing: Obj) -> Obj:
        blank = self.blank
        if not blank.keys() <= thing.keys():
            return _Whole(thing)
        # most fields still hold the very value of the blank: these are told apart without a step of Python for each
        others = map(is_not, map(blank.get, thing, repeat(blank)), thing.values())
        return {
            name: value
            for name, value in compress(thing.items(), others)
            if type(own := blank.get(name, blank)) is not type(value) or isinstance(value, dict | list) or own != value
        }

    def add(self, key: str, scope: str, thing: Obj, own: Obj | None) -> None:
        number, self.next = self.next, self.next + 1
        self.objects[number] = self.packed(thing) if own is None else own
        self.numbers[key] = number
        self.keys[number] = key
        self.order.append(number)
        if scope:
            self.index[SCOPE].setdefault(scope, []).append(number)
        for name, lists in self.index.items():
            if name and isinstance(value := thing.get(name), str):
                lists.setdefault(value, []).append(number)
        if self.most is not None and len(self.order) > self.most + self.most // 10:
            self._forget(len(self.order) - self.most)

    def replace(self, key: str, thing: Obj) -> None:
        number = self.numbers[key]
        old, self.objects[number] = self.shown(number), self.packed(thing)
        for name, lists in self.index.items():
            if name and old.get(name) != thing.get(name):
                self._unlist(lists, old.get(name), number)
                if isinstance(value := thing.get(name), str):
                    insort(lists.setdefault(value, []), number)

    def remove(self, key: str) -> None:
        number = self.numbers.pop(key)
        old = self.shown(number)
        del self.objects[number], self.keys[number]
        del self.order[bisect_left(self.order, number)]
        for name, lists in self.index.items():
            self._unlist(lists, old.get(name) if name else key.rpartition("/")[0], number)

    def found(self, query: Query, low: int, high: int) -> Iterator[int]:
        """Numbers low ≤ n < high of what passes every filter."""
        filters = [(name, tuple(values)) for name, values in query.filters.items()]
        filters.sort(key=lambda one: one[0] not in self.index)
        lists = [self.order]
        if filters and filters[0][0] in self.index:
            name, values = filters.pop(0)
            lists = [numbers for value in sorted(set(values)) if (numbers := self.index[name].get(value))]
        alone = len(lists) == 1 and not filters
        skip = query.skip if alone else 0
        runs = [_run(numbers, low, high, skip, newest_first=query.newest_first) for numbers in lists]
        chosen = runs[0] if len(runs) == 1 else merge(*runs, reverse=query.newest_first)
        if filters:
            chosen = (number for number in chosen if self._passes(number, filters))
        return chosen if alone else islice(chosen, query.skip, None)

    def _passes(self, number: int, filters: Iterable[tuple[str, Sequence[str]]]) -> bool:
        kept = self.objects[number]
        return all(kept.get(name, self.blank.get(name)) in values for name, values in filters)

    def number_of(self, param: str, key: str) -> int:
        try:
            return self.numbers[key]
        except KeyError:
            raise UnknownCursorError(param, key) from None

    def first_since(self, wall: float) -> int:
        """The number of the first object made at or after `wall`."""
        place = bisect_left(self.order, wall, key=lambda number: self.shown(number)["created"])
        return self.order[place] if place < len(self.order) else self.next

    def count(self, query: Query) -> int:
        """How many pass the filters."""
        if not query.filters:
            return len(self.order)
        if len(query.filters) == 1 and (name := next(iter(query.filters))) in self.index:
            values = query.filters[name]
            return sum(len(self.index[name].get(value, ())) for value in set(values))
        return sum(1 for _ in self.found(Query(filters=query.filters), 0, self.next))

    @staticmethod
    def _unlist(lists: dict[str, list[int]], value: object, number: int) -> None:
        if isinstance(value, str) and (numbers := lists.get(value)):
            place = bisect_left(numbers, number)
            if place < len(numbers) and numbers[place] == number:
                del numbers[place]

    def _forget(self, count: int) -> None:
        gone, self.order = self.order[:count], self.order[count:]
        for number in gone:
            del self.objects[number]
            del self.numbers[self.keys.pop(number)]
        for numbers in chain.from_iterable(lists.values() for lists in self.index.values()):
            del numbers[: bisect_left(numbers, self.order[0])]


def _run(numbers: Sequence[int], low: int, high: int, skip: int, *, newest_first: bool) -> Iterator[int]:
    first, last = bisect_left(numbers, low), bisect_left(numbers, high)
    places = range(last - 1 - skip, first - 1, -1) if newest_first else range(first + skip, last)
    return (numbers[place] for place in places)


class Resources:
    """Everything the vendor holds.

    `indexed` names each kind's fields that lists may be filtered by; `most` bounds a kind, whose oldest objects are
    forgotten first. A key is an object's id, after the ids of the objects around it and a slash where there are any.
    """

    def __init__(self, indexed: Mapping[str, Sequence[str]], most: Mapping[str, int]) -> None:
        self._indexed = indexed
        self._most = most
        self._tables: dict[str, _Table] = {}

    def _table(self, kind: str) -> _Table:
        if kind not in self._tables:
            self._tables[kind] = _Table(self._indexed.get(kind, ()), self._most.get(kind))
        return self._tables[kind]

    def get(self, kind: str, key: object) -> Obj | None:
        """One object, None where there is none."""
        table = self._tables.get(kind)
        number = table.numbers.get(key) if table is not None and isinstance(key, str) else None
        return None if number is None or table is None else table.shown(number)

    def put(
        self, kind: str, thing: Obj, key: str | None = None, blank: Obj | None = None, own: Obj | None = None
    ) -> None:
        """Add a new object, or replace the one with this key; without one its id is the key.

        `blank` is the kind's blank object, and must always be the same for one kind. `own` has the fields in which the
        object differs from it, where they are known.
        """
        table = self._table(kind)
        if blank is not None and not table.blank and not table.objects:
            table.blank = blank
        key = str(thing["id"]) if key is None else key
        if key in table.numbers:
            table.replace(key, thing)
        else:
            table.add(key, key.rpartition("/")[0], thing, own if table.blank is blank else None)

    def remove(self, kind: str, key: str) -> None:
        """Take one out. Raises KeyError where there is none."""
        self._table(kind).remove(key)

    def page(self, kind: str, query: Query) -> tuple[list[tuple[str, Obj]], bool]:
        """One page, keys and objects, and whether there is more beyond it. Raises UnknownCursorError."""
        table = self._table(kind)
        low = table.first_since(query.since) if query.since is not None else 0
        high = table.first_since(query.before) if query.before is not None else table.next
        newest_first = query.newest_first
        if query.after is not None:
            number = table.number_of("after", query.after)
            low, high = (low, min(high, number)) if newest_first else (max(low, number + 1), high)
        if query.ending is not None:
            number = table.number_of("ending", query.ending)
            low, high = (max(low, number + 1), high) if newest_first else (low, min(high, number))
            newest_first = not newest_first
        asked = Query(query.limit, filters=query.filters, skip=query.skip, newest_first=newest_first)
        found = list(islice(table.found(asked, low, high), query.limit + 1))
        page = [(table.keys[number], table.shown(number)) for number in found[: query.limit]]
        return page if query.ending is None else page[::-1], len(found) > query.limit

    def count(self, kind: str, query: Query) -> int:
        """How many objects pass the query's filters."""
        return self._table(kind).count(query)

    def matching(self, kind: str, field_name: str, value: str) -> Iterator[Obj]:
        """All objects whose indexed field has this value, oldest first."""
        table = self._table(kind)
        return (table.shown(number) for number in table.index[field_name].get(value, ()))

    def values(self, kind: str, field_name: str) -> Iterable[str]:
        """The values that an indexed field has had."""
        return self._table(kind).index[field_name].keys()

    def is_indexed(self, kind: str, field_name: str) -> bool:
        """Whether lists of this kind can be filtered by this field."""
        return field_name in self._indexed.get(kind, ())

    def some_key(self, kind: str, scope: str, turn: int) -> str | None:
        """The key of one of the objects in a place, None where there is none. The same turn gives the same one."""
        table = self._table(kind)
        numbers = table.index[SCOPE].get(scope, ()) if scope else table.order
        return table.keys[numbers[turn % len(numbers)]] if numbers else None

    def all(self) -> dict[str, Any]:
        """Everything by kind, oldest first: a list of objects, or objects by key where there are others around them."""
        found: dict[str, Any] = {}
        for kind, table in sorted(self._tables.items()):
            if table.index[SCOPE]:
                found[kind] = {table.keys[number]: table.shown(number) for number in table.order}
            elif table.order:
                found[kind] = [table.shown(number) for number in table.order]
        return found

    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        return {kind: len(table.order) for kind, table in sorted(self._tables.items()) if table.order}

    def newest(self, kind: str, most: int) -> list[tuple[str, Obj]]:
        """The newest objects of a kind with their keys, the newest first."""
        table = self._tables.get(kind)
        numbers = table.order[-most:] if table is not None and most else []
        return [(table.keys[number], table.shown(number)) for number in reversed(numbers) if table is not None]

    def taken(self) -> dict[str, list[tuple[str, Obj]]]:
        """Everything by kind, oldest first, each object behind its key."""
        return {
            kind: [(table.keys[number], table.shown(number)) for number in table.order]
            for kind, table in sorted(self._tables.items())
            if table.order
        }

    def clear(self) -> None:
        """Forget everything."""
        self._tables.clear()
