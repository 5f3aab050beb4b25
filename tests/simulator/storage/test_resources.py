"""Lists page through what is there, newest first, whatever was changed or deleted meanwhile."""

import random

import pytest

from tidegate.simulator.storage.resources import SCOPE, ListQuery, Resources, UnknownCursorError
from tidegate.values.json_value import Obj


def resources(count: int = 0, most: int | None = None) -> Resources:
    store = Resources({"thing": ("owner", "type")}, {} if most is None else {"thing": most})
    for n in range(count):
        store.put("thing", thing(n))
    return store


def thing(n: int, **fields: object) -> Obj:
    return {"id": f"t{n}", "created": 1000 + n // 2, "owner": f"o{n % 3}", "type": "a" if n % 2 else "b", **fields}


def ids(page: tuple[list[tuple[str, Obj]], bool]) -> list[str]:
    assert all(key == found["id"] for key, found in page[0])
    return [key for key, _ in page[0]]


def test_an_object_is_there_until_it_is_removed() -> None:
    store = resources(1)
    assert store.get("thing", "t0") == thing(0)
    store.remove("thing", "t0")
    assert store.get("thing", "t0") is None
    assert store.get("thing", None) is None
    assert store.get("nothing", "t0") is None


def test_a_page_is_newest_first_and_says_whether_there_is_more() -> None:
    store = resources(5)
    assert ids(store.page("thing", ListQuery(limit=3))) == ["t4", "t3", "t2"]
    assert store.page("thing", ListQuery(limit=3))[1] is True
    assert store.page("thing", ListQuery(limit=5))[1] is False


def test_pages_in_both_directions_cover_everything_once() -> None:
    store, seen, after = resources(23), [], None
    while True:
        page, more = store.page("thing", ListQuery(limit=5, after=after))
        seen += [key for key, _ in page]
        after = seen[-1]
        if not more:
            break
    assert seen == [f"t{n}" for n in range(22, -1, -1)]
    assert ids(store.page("thing", ListQuery(limit=3, ending="t10"))) == ["t13", "t12", "t11"]
    assert (
        ids(store.page("thing", ListQuery(limit=3, ending="t20"))),
        store.page("thing", ListQuery(ending="t20"))[1],
    ) == (
        ["t22", "t21"],
        False,
    )


def test_a_cursor_that_names_nothing_is_refused() -> None:
    with pytest.raises(UnknownCursorError) as refused:
        resources(3).page("thing", ListQuery(after="t9"))
    assert (refused.value.param, refused.value.identifier) == ("after", "t9")


def test_filters_combine_and_keep_the_order() -> None:
    store = resources(12)
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o1"]}))) == ["t10", "t7", "t4", "t1"]
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o1", "o2"]}, limit=3))) == ["t11", "t10", "t8"]
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o1"], "type": ["a"]}))) == ["t7", "t1"]
    assert ids(store.page("thing", ListQuery(filters={"owner": ["nobody"]}))) == []
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o1"]}, after="t7"))) == ["t4", "t1"]
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o1", "o0"]}, ending="t4", limit=2))) == ["t7", "t6"]


def test_a_filter_lets_no_list_or_group_through() -> None:
    store = resources(2)
    store.put("thing", thing(2, colour=["red"]))
    store.put("thing", thing(3, colour={"red": 1}))
    store.put("thing", thing(4, colour="red"))
    assert ids(store.page("thing", ListQuery(filters={"colour": ["red"]}))) == ["t4"]


def test_created_bounds_include_the_first_second_and_leave_out_the_last() -> None:
    store = resources(8)
    assert ids(store.page("thing", ListQuery(since=1001, before=1003))) == ["t5", "t4", "t3", "t2"]
    assert ids(store.page("thing", ListQuery(since=2000))) == []


def test_a_page_within_created_bounds_is_whole_whatever_order_the_objects_came_in() -> None:
    store = resources(4)
    store.put("thing", thing(4, created=500))
    store.put("thing", thing(5))
    assert ids(store.page("thing", ListQuery(before=1001))) == ["t4", "t1", "t0"]
    assert ids(store.page("thing", ListQuery(since=1000, limit=2, skip=1))) == ["t3", "t2"]
    assert ids(store.page("thing", ListQuery(since=1001, filters={"type": ["a"]}))) == ["t5", "t3"]
    assert ids(store.page("thing", ListQuery(before=1001, ending="t0", limit=1))) == ["t1"]


def test_a_changed_field_moves_the_object_to_another_filter_in_its_old_place() -> None:
    store = resources(9)
    store.put("thing", thing(3, owner="o1"))
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o1"]}))) == ["t7", "t4", "t3", "t1"]
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o0"]}))) == ["t6", "t0"]
    store.put("thing", thing(3, owner=None))
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o1"]}))) == ["t7", "t4", "t1"]


def test_the_oldest_are_forgotten_beyond_the_bound() -> None:
    store = resources(1000, most=100)
    everything = store.all()["thing"]
    assert 100 <= len(everything) <= 110
    assert everything[-1]["id"] == "t999"
    assert store.get("thing", "t0") is None
    owned = store.page("thing", ListQuery(filters={"owner": ["o0"]}, limit=100))[0]
    assert all(store.get("thing", key) for key, _ in owned)


def test_any_mixture_of_changes_gives_the_pages_of_a_plain_list() -> None:
    dice, store, plain = random.Random(3), resources(), {}
    for n in range(400):
        store.put("thing", thing(n))
        plain[f"t{n}"] = thing(n)
        if dice.random() < 0.3:
            gone = dice.choice(list(plain))
            store.remove("thing", gone)
            del plain[gone]
        if plain and dice.random() < 0.3:
            changed = dice.choice(list(plain))
            plain[changed] = {**plain[changed], "owner": f"o{dice.randrange(3)}"}
            store.put("thing", plain[changed])
    wanted = [found["id"] for found in plain.values() if found["owner"] == "o2"][::-1]
    assert ids(store.page("thing", ListQuery(filters={"owner": ["o2"]}, limit=1000))) == wanted
    assert [found["id"] for found in store.all()["thing"]] == list(plain)
    assert [found["id"] for found in store.matching("thing", "owner", "o2")] == wanted[::-1]


def test_everything_can_be_forgotten() -> None:
    store = resources(3)
    store.clear()
    assert store.all() == {}
    assert set(resources(3).values("thing", "owner")) == {"o0", "o1", "o2"}


def test_objects_within_others_are_listed_apart() -> None:
    store = Resources({}, {})
    for n in range(6):
        store.put("note", {"text": f"n{n}"}, f"box{n % 2}/{n}")
    assert [key for key, _ in store.page("note", ListQuery(filters={SCOPE: ["box1"]}))[0]] == [
        "box1/5",
        "box1/3",
        "box1/1",
    ]
    assert store.count("note", ListQuery(filters={SCOPE: ["box1"]})) == 3
    assert store.get("note", "box0/1") is None
    store.remove("note", "box1/3")
    assert [key for key, _ in store.page("note", ListQuery(filters={SCOPE: ["box1"]}))[0]] == ["box1/5", "box1/1"]
    assert store.all() == {"note": {"box0/0": {"text": "n0"}, "box1/1": {"text": "n1"}, "box0/2": {"text": "n2"},
                                   "box0/4": {"text": "n4"}, "box1/5": {"text": "n5"}}}  # fmt: skip


def test_a_page_may_skip_objects_and_begin_with_the_oldest() -> None:
    store = resources(9)
    assert ids(store.page("thing", ListQuery(limit=2, skip=3))) == ["t5", "t4"]
    assert ids(store.page("thing", ListQuery(limit=2, skip=3, newest_first=False))) == ["t3", "t4"]
    assert ids(store.page("thing", ListQuery(limit=2, skip=1, filters={"owner": ["o0", "o1"]}))) == ["t6", "t4"]
    assert ids(store.page("thing", ListQuery(limit=3, after="t6", newest_first=False))) == ["t7", "t8"]


def test_only_what_differs_from_the_blank_object_is_kept_and_it_comes_back_whole() -> None:
    store, prototype = Resources({}, {}), {"id": "", "flag": False, "count": 0, "inner": {"a": 1}}
    whole = {**prototype, "id": "one", "count": False}
    store.put("thing", whole, prototype=prototype)
    assert store.get("thing", "one") == whole
    assert store.get("thing", "one")["count"] is False  # type: ignore[index]  # it is there
    store.put("thing", {"id": "two"}, prototype=prototype)
    assert store.get("thing", "two") == {"id": "two"}


def test_what_is_known_to_differ_is_kept_as_it_is_and_only_for_the_blank_that_it_differs_from() -> None:
    store, prototype = Resources({"thing": ("owner",)}, {}), {"id": "", "owner": "", "flag": False}
    own = {"id": "one", "owner": "o1"}
    store.put("thing", {**prototype, **own}, prototype=prototype, own=own)
    assert store.get("thing", "one") == {"id": "one", "owner": "o1", "flag": False}
    assert [thing["id"] for thing in store.matching("thing", "owner", "o1")] == ["one"]
    store.put("other", {"id": "two", "flag": True})
    store.put("other", {**prototype, **own}, prototype=prototype, own=own)
    assert store.get("other", "one") == {**prototype, **own}
