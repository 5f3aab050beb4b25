"""What is made below its parent and read by itself is one kind, where its ids mean the same everywhere."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.answer.errors import VendorError

BOARD = fields("id", id={**TEXT, "readOnly": True})
CARD = fields("id", id={**TEXT, "readOnly": True}, text=TEXT)
PATHS = {
    "/boards": {"post": operation(BOARD, fields(), status=201)},
    "/boards/{boardId}": {"get": operation(BOARD)},
    "/boards/{boardId}/cards": {"get": operation(listed(CARD)), "post": operation(CARD, CARD, status=201)},
    "/cards/{id}": {"get": operation(CARD), "delete": operation(status=204)},
}


def test_what_is_made_below_its_parent_is_read_by_itself_and_listed_below_its_own_parent_alone() -> None:
    vendor = SmallVendor(PATHS)
    one, other = vendor.made("/boards", {})["id"], vendor.made("/boards", {})["id"]
    card = vendor.made(f"/boards/{one}/cards", {"text": "hi"})
    assert vendor.read(f"/cards/{card['id']}") == card
    assert vendor.read(f"/boards/{one}/cards") == [card]
    assert vendor.read(f"/boards/{other}/cards") == []
    vendor.ask("DELETE", f"/cards/{card['id']}")
    assert vendor.read(f"/boards/{one}/cards") == []


@pytest.mark.parametrize("has_own_path", [False, True])
def test_two_paths_may_begin_with_the_same_parents(*, has_own_path: bool) -> None:
    """As GitHub's /repos/{owner}/{repo}/issues/comments/{id} and /repos/{owner}/{repo}/issues/{number}/comments."""
    paths = {
        "/repos/{repo}/boards": {"post": operation(BOARD, fields(), status=201)},
        "/repos/{repo}/boards/{board}": {"get": operation(BOARD)},
        "/repos/{repo}/boards/{board}/cards": PATHS["/boards/{boardId}/cards"],
        "/repos/{repo}/boards/cards/{id}": {**PATHS["/cards/{id}"], "patch": operation(CARD, CARD)},
    }
    if has_own_path:
        paths["/repos/{repo}/boards/{board}/cards/{id}"] = {"get": operation(CARD)}
    vendor = SmallVendor(paths)
    one, other = (vendor.made("/repos/r/boards", {})["id"] for _ in range(2))
    card = vendor.made(f"/repos/r/boards/{one}/cards", {"text": "hi"})
    at = f"/repos/r/boards/cards/{card['id']}"
    assert vendor.read(at) == card
    vendor.ask("PATCH", at, {"text": "ho"})
    assert vendor.read(f"/repos/r/boards/{one}/cards") == [vendor.read(at)] == [{**card, "text": "ho"}]
    assert vendor.read(f"/repos/r/boards/{other}/cards") == []
    refused = [f"/repos/other/boards/cards/{card['id']}"]
    if has_own_path:
        assert vendor.read(f"/repos/r/boards/{one}/cards/{card['id']}")["text"] == "ho"
        refused.append(f"/repos/r/boards/{other}/cards/{card['id']}")
    for path in refused:
        with pytest.raises(VendorError):
            vendor.read(path)


def test_an_object_is_not_found_below_a_parent_that_it_does_not_belong_to() -> None:
    card = fields("id", id={**TEXT, "readOnly": True}, boardId=TEXT, text=TEXT)
    paths = {**PATHS, "/boards/{boardId}/cards/{id}": {"get": operation(card)}, "/cards/{id}": {"get": operation(card)}}
    paths["/boards/{boardId}/cards"] = {"get": operation(listed(card)), "post": operation(card, card, status=201)}
    vendor = SmallVendor(paths)
    one, other = vendor.made("/boards", {})["id"], vendor.made("/boards", {})["id"]
    made = vendor.made(f"/boards/{one}/cards", {"text": "hi"})
    assert made["boardId"] == one
    assert vendor.read(f"/boards/{one}/cards/{made['id']}") == vendor.read(f"/cards/{made['id']}") == made
    with pytest.raises(VendorError):
        vendor.read(f"/boards/{other}/cards/{made['id']}")


def test_a_field_that_cannot_hold_the_paths_text_tells_of_no_parent() -> None:
    task = fields("id", id={**TEXT, "readOnly": True}, owner=fields(id={"type": "integer"}), name=TEXT)
    below = "/agents/repos/{owner}/{repo}/tasks"
    text = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in ("owner", "repo")]
    vendor = SmallVendor({
        below: {"parameters": text, "get": operation(listed(task)), "post": operation(task, task, status=201)},
        below + "/{id}": {"parameters": text, "get": operation(task)},
        "/agents/tasks/{id}": {"get": operation(task)},
    })  # fmt: skip
    made = vendor.made("/agents/repos/ada/x/tasks", {"name": "t"})
    assert vendor.read("/agents/repos/ada/x/tasks") == [made]
    assert vendor.read(f"/agents/repos/ada/x/tasks/{made['id']}") == vendor.read(f"/agents/tasks/{made['id']}") == made
    assert vendor.read("/agents/repos/ada/y/tasks") == []


@pytest.mark.parametrize("id_field", ["number", "slug"])
def test_a_number_or_a_slug_means_something_in_its_place_only(id_field: str) -> None:
    thing = fields(id_field, **{id_field: TEXT})
    paths = {
        f"/boards/{{b}}/cards/{{{id_field}}}": {"get": operation(thing)},
        f"/cards/{{{id_field}}}": {"get": operation(thing)},
    }
    vendor = SmallVendor(paths)
    assert vendor.operation("GET", "/boards/1/cards/2").kind != vendor.operation("GET", "/cards/2").kind


def test_what_shows_some_of_the_fields_is_of_the_same_kind() -> None:
    """Asana makes a story below its task, and answers less of it than `GET /stories/{gid}` has."""
    gid = {**TEXT, "readOnly": True}
    short = fields("gid", gid=gid, text=TEXT)
    whole = fields("gid", gid=gid, text=TEXT, likes={"type": "integer"})
    task = fields("gid", gid=gid, name=TEXT)
    paths = {
        **collection(task, listed(task), task, path="/tasks", item="/{gid}"),
        "/tasks/{gid}/stories": {"get": operation(listed(short)), "post": operation(short, fields(text=TEXT))},
        "/stories/{gid}": {"get": operation(whole)},
    }
    vendor = SmallVendor(paths)
    at = f"/tasks/{vendor.made('/tasks', {'name': 'a'})['gid']}/stories"
    made = vendor.made(at, {"text": "hello"})
    assert vendor.read(f"/stories/{made['gid']}").items() >= made.items()
    assert vendor.read(at) == [made]
