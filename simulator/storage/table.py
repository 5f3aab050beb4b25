"""The objects of one kind, numbered in the order they were made, with indexes for lists.

Numbers count up, so a sorted list of numbers is a list in order of making. Only what differs from the kind's prototype
is stored. It knows no other kind.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import chain, compress, islice, repeat
from operator import is_not
from typing import Any

from tidegate.simulator.storage.list_conditions import ObjectCondition, sorted_by, value_at
from tidegate.values.json_value import Obj

SCOPE = ""
"""The name of the index by the objects around an object."""


class UnknownCursorError(LookupError):
    """The object that a page shall begin or end at is not there. `param` is the cursor's name."""

    def __init__(self, param: str, identifier: str) -> None:
        super().__init__(identifier)
        self.param = param
        self.identifier = identifier


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A query for one page of a list.

    `after` and `ending` are keys of objects; `skip` counts objects. `filters` maps an indexed field to the values it
    may have; `since` and `before` bound `created` (seconds since 1970, `since` included, `before` not). `conditions`
    hold for every object; `order` has the fields that the list is ordered by, each with whether it descends. `places`
    are the number and the place in the list of the object at `after`, for where it is gone.
    """

    limit: int = 10
    after: str | None = None
    ending: str | None = None
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: float | None = None
    before: float | None = None
    skip: int = 0
    newest_first: bool = True
    conditions: tuple[ObjectCondition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    places: tuple[int, int] | None = None
    keys: frozenset[str] | None = None
    """The only keys that count, None where all do."""

    @property
    def narrows(self) -> bool:
        """True where each object is looked at."""
        return bool(self.conditions) or self.keys is not None


class _Whole(dict[str, Any]):
    """An object that is stored as it is, because it lacks fields of its kind's prototype."""


class Table:
    """One kind: `indexed` names the fields that have an index, `most` bounds it, and the oldest are forgotten first."""

    def __init__(self, indexed: Sequence[str], most: int | None) -> None:
        self.prototype: Obj = {}
        self.objects: dict[int, Obj] = {}
        self.numbers: dict[str, int] = {}
        self.keys: dict[int, str] = {}
        self.order: list[int] = []
        self.index: dict[str, dict[str, list[int]]] = {name: {} for name in (SCOPE, *indexed)}
        self.most = most
        self.next = 0
        self.latest = float("-inf")
        self.is_rising = True
        """True where each object was `created` no earlier than the one before it, so that a moment's place can be found
        by halves. Once it is not so it stays so."""

    def shown(self, number: int) -> Obj:
        """The object of a number, whole. Raises KeyError where there is none."""
        stored = self.objects[number]
        return dict(stored) if isinstance(stored, _Whole) else {**self.prototype, **stored}

    def packed(self, thing: Obj) -> Obj:
        """The part of an object that is stored: what differs from its kind's prototype."""
        prototype = self.prototype
        if not prototype.keys() <= thing.keys():
            return _Whole(thing)
        # most fields still hold the very value of the prototype: these are told apart without a step of Python for each
        others = map(is_not, map(prototype.get, thing, repeat(prototype)), thing.values())
        return {
            name: value
            for name, value in compress(thing.items(), others)
            if type(own := prototype.get(name, prototype)) is not type(value)
            or isinstance(value, dict | list)
            or own != value
        }

    def add(self, key: str, scope: str, thing: Obj, own: Obj | None) -> None:
        """Add a new object, the last in order. `own` is what `packed` would make of it, where that is known."""
        number, self.next = self.next, self.next + 1
        self.objects[number] = self.packed(thing) if own is None else own
        self.numbers[key] = number
        self.keys[number] = key
        self.order.append(number)
        created = thing.get("created")
        if isinstance(created, int | float) and created >= self.latest:
            self.latest = created
        else:
            self.is_rising = False
        if scope:
            self.index[SCOPE].setdefault(scope, []).append(number)
        for name, lists in self.index.items():
            if name and isinstance(value := thing.get(name), str):
                lists.setdefault(value, []).append(number)
        if self.most is not None and len(self.order) > self.most + self.most // 10:
            self._forget(len(self.order) - self.most)

    def replace(self, key: str, thing: Obj) -> None:
        """Put an object in the place of the one with this key. Raises KeyError where there is none."""
        number = self.numbers[key]
        old, self.objects[number] = self.shown(number), self.packed(thing)
        if old.get("created") != thing.get("created"):
            self.is_rising = False
        for name, lists in self.index.items():
            if name and old.get(name) != thing.get(name):
                self._unlist(lists, old.get(name), number)
                if isinstance(value := thing.get(name), str):
                    insort(lists.setdefault(value, []), number)

    def remove(self, key: str) -> None:
        """Take one out. Raises KeyError where there is none."""
        number = self.numbers.pop(key)
        old = self.shown(number)
        del self.objects[number], self.keys[number]
        del self.order[bisect_left(self.order, number)]
        for name, lists in self.index.items():
            self._unlist(lists, old.get(name) if name else key.rpartition("/")[0], number)

    def select(self, query: ListQuery, low: int, high: int) -> Iterator[int]:
        """Numbers low ≤ n < high of what passes every filter and was created within the query's bounds."""
        is_bounded = query.since is not None or query.before is not None
        if is_bounded and self.is_rising:
            low = low if query.since is None else max(low, self._first_since(query.since))
            high = high if query.before is None else min(high, self._first_since(query.before))
            is_bounded = False
        filters = [(name, tuple(values)) for name, values in query.filters.items()]
        filters.sort(key=lambda entry: entry[0] not in self.index)
        lists = [self.order]
        if filters and filters[0][0] in self.index:
            name, values = filters.pop(0)
            lists = [numbers for value in sorted(set(values)) if (numbers := self.index[name].get(value))]
        alone = len(lists) == 1 and not filters and not is_bounded and not query.narrows
        skip = query.skip if alone else 0
        runs = [_run(numbers, low, high, skip, newest_first=query.newest_first) for numbers in lists]
        chosen = runs[0] if len(runs) == 1 else merge(*runs, reverse=query.newest_first)
        if filters:
            chosen = (number for number in chosen if self._passes(number, filters))
        if is_bounded:
            chosen = (number for number in chosen if self._is_within(number, query))
        if query.narrows:
            chosen = (number for number in chosen if self._meets(number, query))
        return chosen if alone else islice(chosen, query.skip, None)

    def ordered(self, query: ListQuery) -> list[int]:
        """The numbers of what passes, in the order that the query wants."""
        passing = self.select(replace(query, skip=0), 0, self.next)
        return [number for number, _ in sorted_by([(number, self.shown(number)) for number in passing], query.order)]

    def _meets(self, number: int, query: ListQuery) -> bool:
        if query.keys is not None and self.keys[number] not in query.keys:
            return False
        thing = self.shown(number) if query.conditions else {}
        return all(condition.passes(thing) for condition in query.conditions)

    def _passes(self, number: int, filters: Iterable[tuple[str, Sequence[str]]]) -> bool:
        return all(_is_among(self._value(number, name), values, name) for name, values in filters)

    def _is_within(self, number: int, query: ListQuery) -> bool:
        """True where an object says when it was created, and that is within the bounds."""
        created = self._value(number, "created")
        return (
            isinstance(created, int | float)
            and (query.since is None or created >= query.since)
            and (query.before is None or created < query.before)
        )

    def _value(self, number: int, name: str) -> Any:
        stored = self.objects[number]
        if "." in name:
            return value_at(self.shown(number), name)
        return stored.get(name, None if isinstance(stored, _Whole) else self.prototype.get(name))

    def number_of(self, param: str, key: str) -> int:
        """The number of an object. Raises UnknownCursorError, with `param` as the cursor's name."""
        try:
            return self.numbers[key]
        except KeyError:
            raise UnknownCursorError(param, key) from None

    def _first_since(self, wall: float) -> int:
        """The number of the first object created at or after `wall`, where they rise."""
        place = bisect_left(self.order, wall, key=lambda number: self._value(number, "created"))
        return self.order[place] if place < len(self.order) else self.next

    def count(self, query: ListQuery) -> int:
        """The number of objects that pass the filters."""
        others = query.narrows or query.since is not None or query.before is not None
        if not query.filters and not others:
            return len(self.order)
        if len(query.filters) == 1 and not others and (name := next(iter(query.filters))) in self.index:
            values = query.filters[name]
            return sum(len(self.index[name].get(value, ())) for value in set(values))
        return sum(1 for _ in self.select(replace(query, skip=0), 0, self.next))

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


def _is_among(value: Any, wanted: Sequence[str], name: str) -> bool:
    """Whether a value is among those that are wanted, or one of several that the parts of an object have."""
    return any(one in wanted for one in value) if isinstance(value, list) and "." in name else value in wanted
