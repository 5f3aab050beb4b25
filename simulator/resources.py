"""What the vendor holds: objects by kind and id, in the order they were made, with indexes for lists.

Objects are never changed in place: a change replaces the object, so that events and journal may keep the old one
without copying it. Nothing here costs more than the page that it returns. It knows no kind by name, and no HTTP.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice
from typing import Any

Obj = dict[str, Any]


class UnknownCursorError(LookupError):
    """The object that a page shall begin or end at is not there. `param` is the cursor's name."""

    def __init__(self, param: str, identifier: str) -> None:
        super().__init__(identifier)
        self.param = param
        self.identifier = identifier


@dataclass(frozen=True, slots=True)
class Query:
    """Which page of a list.

    `filters` maps an indexed field to the values it may have; `since` and `before` bound `created` (seconds since 1970,
    `since` included, `before` not).
    """

    limit: int = 10
    after: str | None = None
    ending: str | None = None
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: float | None = None
    before: float | None = None


class _Table:
    """One kind. Numbers count up, so a sorted list of numbers is a list in order of making."""

    def __init__(self, indexed: Sequence[str], most: int | None) -> None:
        self.objects: dict[int, Obj] = {}
        self.numbers: dict[str, int] = {}
        self.order: list[int] = []
        self.index: dict[str, dict[str, list[int]]] = {name: {} for name in indexed}
        self.most = most
        self.next = 0

    def add(self, thing: Obj) -> None:
        number, self.next = self.next, self.next + 1
        self.objects[number] = thing
        self.numbers[str(thing["id"])] = number
        self.order.append(number)
        for name, lists in self.index.items():
            if isinstance(value := thing.get(name), str):
                lists.setdefault(value, []).append(number)
        if self.most is not None and len(self.order) > self.most + self.most // 10:
            self._forget(len(self.order) - self.most)

    def replace(self, thing: Obj) -> None:
        number = self.numbers[str(thing["id"])]
        old, self.objects[number] = self.objects[number], thing
        for name, lists in self.index.items():
            if old.get(name) != thing.get(name):
                self._unlist(lists, old.get(name), number)
                if isinstance(value := thing.get(name), str):
                    insort(lists.setdefault(value, []), number)

    def remove(self, identifier: str) -> None:
        number = self.numbers.pop(identifier)
        old = self.objects.pop(number)
        del self.order[bisect_left(self.order, number)]
        for name, lists in self.index.items():
            self._unlist(lists, old.get(name), number)

    def walk(self, query: Query, low: int, high: int, *, newest_first: bool) -> Iterator[Obj]:
        """Objects numbered low ≤ n < high that pass every filter."""
        filters = [(name, set(values)) for name, values in query.filters.items()]
        lists = [self.order]
        if filters:
            name, values = filters.pop(0)
            lists = [numbers for value in sorted(values) if (numbers := self.index[name].get(value))]
        runs = [_run(numbers, low, high, newest_first=newest_first) for numbers in lists]
        chosen = runs[0] if len(runs) == 1 else merge(*runs, reverse=newest_first)
        for number in chosen:
            thing = self.objects[number]
            if all(thing.get(name) in values for name, values in filters):
                yield thing

    def number_of(self, param: str, identifier: str) -> int:
        try:
            return self.numbers[identifier]
        except KeyError:
            raise UnknownCursorError(param, identifier) from None

    def first_since(self, wall: float) -> int:
        """The number of the first object made at or after `wall`."""
        place = bisect_left(self.order, wall, key=lambda number: self.objects[number]["created"])
        return self.order[place] if place < len(self.order) else self.next

    @staticmethod
    def _unlist(lists: dict[str, list[int]], value: object, number: int) -> None:
        if isinstance(value, str) and (numbers := lists.get(value)):
            del numbers[bisect_left(numbers, number)]

    def _forget(self, count: int) -> None:
        gone, self.order = self.order[:count], self.order[count:]
        for number in gone:
            del self.numbers[str(self.objects.pop(number)["id"])]
        for numbers in chain.from_iterable(lists.values() for lists in self.index.values()):
            del numbers[: bisect_left(numbers, self.order[0])]


def _run(numbers: Sequence[int], low: int, high: int, *, newest_first: bool) -> Iterator[int]:
    first, last = bisect_left(numbers, low), bisect_left(numbers, high)
    places = range(last - 1, first - 1, -1) if newest_first else range(first, last)
    return (numbers[place] for place in places)


class Resources:
    """Everything the vendor holds.

    `indexed` names each kind's fields that lists may be filtered by; `most` bounds a kind, whose oldest objects are
    forgotten first.
    """

    def __init__(self, indexed: Mapping[str, Sequence[str]], most: Mapping[str, int]) -> None:
        self._indexed = indexed
        self._most = most
        self._tables: dict[str, _Table] = {}

    def _table(self, kind: str) -> _Table:
        if kind not in self._tables:
            self._tables[kind] = _Table(self._indexed.get(kind, ()), self._most.get(kind))
        return self._tables[kind]

    def get(self, kind: str, identifier: object) -> Obj | None:
        """One object, None where there is none."""
        table = self._table(kind)
        number = table.numbers.get(identifier) if isinstance(identifier, str) else None
        return None if number is None else table.objects[number]

    def put(self, kind: str, thing: Obj) -> None:
        """Add a new object, or replace the one with this id."""
        table = self._table(kind)
        if str(thing["id"]) in table.numbers:
            table.replace(thing)
        else:
            table.add(thing)

    def remove(self, kind: str, identifier: str) -> None:
        """Take one out. Raises KeyError where there is none."""
        self._table(kind).remove(identifier)

    def page(self, kind: str, query: Query) -> tuple[list[Obj], bool]:
        """One page, newest first, and whether there is more beyond it. Raises UnknownCursorError."""
        table = self._table(kind)
        low = table.first_since(query.since) if query.since is not None else 0
        high = table.first_since(query.before) if query.before is not None else table.next
        if query.ending is not None:
            low = max(low, table.number_of("ending_before", query.ending) + 1)
        if query.after is not None:
            high = min(high, table.number_of("starting_after", query.after))
        newest_first = query.ending is None
        found = list(islice(table.walk(query, low, high, newest_first=newest_first), query.limit + 1))
        page = found[: query.limit]
        return page if newest_first else page[::-1], len(found) > query.limit

    def matching(self, kind: str, field_name: str, value: str) -> Iterator[Obj]:
        """All objects whose indexed field has this value, oldest first."""
        table = self._table(kind)
        return (table.objects[number] for number in table.index[field_name].get(value, ()))

    def values(self, kind: str, field_name: str) -> Iterable[str]:
        """The values that an indexed field has had."""
        return self._table(kind).index[field_name].keys()

    def is_indexed(self, kind: str, field_name: str) -> bool:
        """Whether lists of this kind can be filtered by this field."""
        return field_name in self._indexed.get(kind, ())

    def all(self) -> dict[str, list[Obj]]:
        """Everything by kind, oldest first."""
        return {
            kind: [table.objects[number] for number in table.order]
            for kind, table in sorted(self._tables.items())
            if table.order
        }

    def clear(self) -> None:
        """Forget everything."""
        self._tables.clear()
