"""A table finds what lies within bounds of `created`, by halves where the objects came in that order."""

from tidegate.simulator.storage.resources import Resources
from tidegate.simulator.storage.table import ListQuery, Table
from tidegate.values.json_value import Obj


class Moment(int):
    """A moment that counts how often one is compared."""

    compared = 0

    def __lt__(self, other: float) -> bool:
        Moment.compared += 1
        return int(self) < other


def table(*moments: object) -> Table:
    """Objects 0, 1, 2…, each created at its moment; None is an object that does not say when."""
    store = Table((), None)
    for n, moment in enumerate(moments):
        thing: Obj = {"id": str(n)} if moment is None else {"id": str(n), "created": moment}
        store.add(str(n), "", thing, None)
    return store


def matching(store: Table, since: float | None = None, before: float | None = None) -> list[int]:
    return list(store.select(ListQuery(since=since, before=before, newest_first=False), 0, store.next))


def test_bounds_hold_for_an_object_older_than_the_one_before_it() -> None:
    store = table(10, 20, 5, 20, 30)
    assert matching(store, before=20) == [0, 2]
    assert matching(store, since=20) == [1, 3, 4]
    assert matching(store, since=5, before=6) == [2]


def test_bounds_hold_after_an_object_was_given_another_moment() -> None:
    store = table(10, 20, 30)
    store.replace("2", {"id": "2", "created": 5})
    assert matching(store, before=10) == [2]
    assert matching(store, since=10) == [0, 1]


def test_what_does_not_say_when_it_was_created_is_within_no_bounds() -> None:
    store = table(10, None, "today", 20)
    assert matching(store, since=0) == [0, 3]
    assert matching(store, before=99) == [0, 3]
    assert matching(store) == [0, 1, 2, 3]


def test_the_moment_of_the_blank_object_is_not_that_of_one_without() -> None:
    store = Resources({}, {})
    store.put("thing", {"id": "0", "created": 10}, prototype={"id": "", "created": 10})
    store.put("thing", {"id": "1"})
    assert [key for key, _ in store.page("thing", ListQuery(since=0))[0]] == ["0"]


def test_few_objects_are_looked_at_where_they_came_in_order() -> None:
    store = table(*map(Moment, range(5000)))
    Moment.compared = 0
    assert matching(store, since=10, before=13) == [10, 11, 12]
    assert Moment.compared < 50
