"""An id that was sent stands for the object that is there."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation, query

ID = {**TEXT, "readOnly": True}


@pytest.fixture
def vendor() -> SmallVendor:
    user, label = fields("gid", gid=ID, name=TEXT), fields("gid", gid=ID, name=TEXT, colour=TEXT)
    schemas = {"User": user, "Label": label}
    named = {name: {"$ref": f"#/components/schemas/{name}"} for name in schemas}
    task = fields("gid", gid=ID, name=TEXT, owner=named["User"], labels=listed(named["Label"]), marks=listed(TEXT))
    sent = fields(name=TEXT, owner=TEXT, owner_gid=TEXT, labels=listed(TEXT), marks=listed(TEXT))
    paths = {
        **collection(named["User"], listed(named["User"]), user, path="/users", item="/{gid}"),
        **collection(named["Label"], listed(named["Label"]), label, path="/labels", item="/{gid}"),
        **collection(task, listed(task), sent, query("owner"), query("label"), path="/tasks", item="/{gid}"),
        "/labels/{label_gid}/tasks": {"get": operation(listed(task)), "post": operation(task, sent, status=201)},
    }
    return SmallVendor(paths, schemas)


def test_ids_become_what_they_name(vendor: SmallVendor) -> None:
    ada, red, blue = (
        vendor.made("/users", {"name": "Ada"}),
        vendor.made("/labels", {"name": "red", "colour": "r"}),
        vendor.made("/labels", {"name": "blue"}),
    )
    task = vendor.made("/tasks", {"name": "a", "owner": ada["gid"], "labels": [red["gid"], blue["gid"]]})
    assert (task["owner"], task["labels"]) == (ada, [red, blue])
    changed = vendor.ask("PATCH", f"/tasks/{task['gid']}", {"labels": [blue["gid"]], "owner_gid": ada["gid"]}).body
    assert (changed["owner"], changed["labels"]) == (ada, [blue])


def test_what_names_nothing_is_no_id(vendor: SmallVendor) -> None:
    made = vendor.made("/tasks", {"name": "a", "owner": "u9", "labels": ["bug"], "marks": ["x"]})
    assert made["owner"] == {"gid": "u9"}
    assert [label["name"] for label in made["labels"]] == ["bug"]
    assert made["marks"] == ["x"]


def test_lists_are_narrowed_by_the_ids_of_what_objects_hold(vendor: SmallVendor) -> None:
    labels = [vendor.made("/labels", {"name": name})["gid"] for name in ("red", "blue")]
    users = [vendor.made("/users", {"name": name})["gid"] for name in ("Ada", "Bob")]
    for name, user, held in (("a", 0, [0, 1]), ("b", 1, [1])):
        vendor.made("/tasks", {"name": name, "owner": users[user], "labels": [labels[place] for place in held]})

    def names(path: str) -> list[Any]:
        return sorted(task["name"] for task in vendor.ask("GET", path).body)

    assert names(f"/tasks?owner={users[0]}") == names(f"/tasks?label={labels[0]}") == ["a"]
    assert names(f"/labels/{labels[0]}/tasks") == ["a"]
    assert names(f"/labels/{labels[1]}/tasks") == ["a", "b"]
    assert vendor.made(f"/labels/{labels[0]}/tasks", {"name": "c"})["labels"] == [vendor.read(f"/labels/{labels[0]}")]
    assert names(f"/labels/{labels[0]}/tasks") == ["a", "c"]
