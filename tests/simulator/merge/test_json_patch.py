"""A patch of steps becomes values of the object's fields: the examples of RFC 6902's appendix, and SCIM's steps."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.merge.json_patch import STEPS_MAX, Takes, patch_values
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name


def after(thing: Obj, *steps: dict[str, Any]) -> Obj:
    values = patch_values(thing, {}, [*steps], lambda _name, _value: True, {})
    return {name: value for name, value in {**thing, **values}.items() if value is not None}


@pytest.mark.parametrize(
    ("thing", "step", "patched"),
    [
        ({"foo": "bar"}, {"op": "add", "path": "/baz", "value": "qux"}, {"foo": "bar", "baz": "qux"}),
        ({"foo": ["bar", "baz"]}, {"op": "add", "path": "/foo/1", "value": "qux"}, {"foo": ["bar", "qux", "baz"]}),
        ({"foo": ["bar"]}, {"op": "add", "path": "/foo/-", "value": ["abc"]}, {"foo": ["bar", ["abc"]]}),
        ({"baz": "qux", "foo": "bar"}, {"op": "remove", "path": "/baz"}, {"foo": "bar"}),
        ({"foo": ["a", "b", "c"]}, {"op": "remove", "path": "/foo/1"}, {"foo": ["a", "c"]}),
        ({"baz": "qux"}, {"op": "replace", "path": "/baz", "value": "boo"}, {"baz": "boo"}),
        ({"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
         {"op": "move", "from": "/foo/waldo", "path": "/qux/thud"},
         {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}}),
        ({"foo": ["all", "grass", "cows", "eat"]}, {"op": "move", "from": "/foo/1", "path": "/foo/3"},
         {"foo": ["all", "cows", "eat", "grass"]}),
        ({"a": {"b": 1}}, {"op": "copy", "from": "/a/b", "path": "/a/c"}, {"a": {"b": 1, "c": 1}}),
        ({"/": 9, "~1": 10}, {"op": "test", "path": "/~01", "value": 10}, {"/": 9, "~1": 10}),
        ({"foo": "bar"}, {"op": "add", "path": "/child", "value": {"x": {}}}, {"foo": "bar", "child": {"x": {}}}),
    ],
)  # fmt: skip
def test_each_step_does_what_the_standard_says(thing: Obj, step: dict[str, Any], patched: Obj) -> None:
    assert after(thing, step) == patched


@pytest.mark.parametrize(
    "step",
    [
        {"op": "test", "path": "/foo", "value": "other"},
        {"op": "remove", "path": "/nothing"},
        {"op": "replace", "path": "/nothing", "value": 1},
        {"op": "add", "path": "foo", "value": 1},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "add", "path": "/list/x", "value": 1},
        {"op": "add", "path": "/nothing/inner", "value": 1},
        {"op": "add", "path": "/foo/inner", "value": 1},
        {"op": "add", "path": "/more"},
        {"op": "frob", "path": "/foo", "value": 1},
        {"op": "test", "path": "/list", "value": [True]},
        {"op": "move", "from": "/list", "path": "/list/0"},
    ],
)
def test_a_step_that_cannot_be_taken_refuses_the_whole(step: dict[str, Any]) -> None:
    thing = {"foo": "bar", "list": [1]}
    with pytest.raises(VendorError):
        after(thing, {"op": "replace", "path": "/foo", "value": "new"}, step)
    assert thing == {"foo": "bar", "list": [1]}


def test_a_patch_has_a_bound() -> None:
    with pytest.raises(VendorError, match="at most"):
        after({"n": 1}, *[{"op": "replace", "path": "/n", "value": 2}] * (STEPS_MAX + 1))


def test_scims_steps_are_taken_and_a_path_with_a_filter_is_refused() -> None:
    user = {"active": True, "name": {"givenName": "A"}, "emails": ["a"]}

    def scim(*steps: dict[str, Any]) -> Any:
        return patch_values(user, {"schemas": ["x"], "Operations": [*steps]}, None, lambda _name, _value: True, {})

    assert scim({"op": "Replace", "path": "active", "value": False}) == {"active": False}
    assert scim({"op": "replace", "value": {"name": {"givenName": "B"}}}) == {"name": {"givenName": "B"}}
    assert scim({"op": "add", "path": "emails", "value": ["b"]}) == {"emails": ["a", "b"]}
    assert scim({"op": "remove", "path": "name.givenName"}) == {"name": {}}
    with pytest.raises(VendorError, match="not followed"):
        scim({"op": "remove", "path": 'emails[type gt "work"]'})


def test_steps_of_scim_are_about_the_entries_that_a_filter_chooses() -> None:
    work, home = {"type": "work", "value": "a", "primary": True}, {"type": "home", "value": "b"}

    def scim(*steps: dict[str, Any]) -> Any:
        return patch_values({"emails": [work, home]}, {"Operations": [*steps]}, None, lambda *_: True, {}).get("emails")

    assert scim({"op": "replace", "path": 'emails[type eq "work"].value', "value": "c"}) == [
        {**work, "value": "c"}, home
    ]  # fmt: skip
    assert scim({"op": "replace", "path": "emails[primary eq true]", "value": {"value": "c"}}) == [
        {**work, "value": "c"}, home
    ]  # fmt: skip
    assert scim({"op": "remove", "path": 'emails[type eq "work" and value eq "a"]'}) == [home]
    assert scim({"op": "remove", "path": 'emails[type eq "work"].primary'}) == [{"type": "work", "value": "a"}, home]
    assert scim({"op": "remove", "path": "emails", "value": [{"value": "a"}]}) == [home]
    assert scim({"op": "add", "path": 'emails[type eq "new"].value', "value": "n"}) == [
        work, home, {"type": "new", "value": "n"}
    ]  # fmt: skip
    with pytest.raises(VendorError, match="No entry"):
        scim({"op": "replace", "path": 'emails[type eq "new"].value', "value": "n"})


def test_steps_of_scim_name_fields_by_their_schema_and_by_paths_without_one() -> None:
    more = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    thing = {"name": {"givenName": "A"}, more: {"department": "x"}}

    def scim(**step: Any) -> Any:
        return patch_values(thing, {"Operations": [step]}, None, lambda *_: True, {})

    assert scim(op="replace", path=f"{more}:department", value="y") == {more: {"department": "y"}}
    core = "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName"
    assert scim(op="add", path=core, value="B") == {"name": {"givenName": "A", "familyName": "B"}}
    assert scim(op="replace", value={"name.familyName": "B"}) == {"name": {"givenName": "A", "familyName": "B"}}


@pytest.mark.parametrize("steps", [listed(fields("op", "path", op=TEXT, path=TEXT, value={})), {"type": "object"}])
def test_what_a_patch_changes_is_kept_and_what_does_not_fit_is_refused(steps: Any) -> None:
    # Kubernetes' document has an object for the steps
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, tags=listed(TEXT))
    paths = collection(pet, listed(pet), pet)
    paths["/pets/{id}"]["patch"] = operation(pet, steps, media="application/json-patch+json")
    paths["/pets/{id}"]["patch"]["responses"]["200"]["content"] = {"application/json": {"schema": pet}}
    vendor = SmallVendor(paths)
    made = vendor.made("/pets", {"name": "Ada", "tags": ["x"]})
    at, media = f"/pets/{made['id']}", "application/json-patch+json"
    sent = [{"op": "add", "path": "/tags/-", "value": "y"}, {"op": "remove", "path": "/name"}]
    vendor.ask("PATCH", at, sent, media)
    assert vendor.read(at) == {"id": made["id"], "tags": ["x", "y"]}
    with pytest.raises(VendorError) as refused:
        vendor.ask("PATCH", at, [{"op": "add", "path": "/name", "value": {}}], media)
    assert refused.value.details["param"] == "name"


def scim_after(thing: Obj, *steps: dict[str, Any]) -> Obj:
    names = {plain_name(name): name for name in ("userName", "title", "active", "emails", "name", "members")}
    takes: Takes = lambda name, value: name in names.values() and (name != "active" or isinstance(value, bool))  # noqa: E731
    values = patch_values(thing, {"Operations": [*steps]}, None, takes, names)
    return {name: value for name, value in {**thing, **values}.items() if value is not None}


@pytest.mark.parametrize(
    ("thing", "step", "patched"),
    [
        ({"title": "a"}, {"op": "Replace", "path": "Title", "value": "b"}, {"title": "b"}),
        ({"name": {"familyName": "a"}}, {"op": "replace", "path": "Name.FamilyName", "value": "b"},
         {"name": {"familyName": "b"}}),
        ({"name": {"familyName": "a", "givenName": "b"}},
         {"op": "replace", "path": "name", "value": {"givenName": "c"}},
         {"name": {"familyName": "a", "givenName": "c"}}),
        ({"active": True}, {"op": "Replace", "path": "active", "value": "False"}, {"active": False}),
        ({"active": True}, {"op": "Replace", "value": {"active": "False"}}, {"active": False}),
        ({"members": [{"value": "1"}]}, {"op": "Add", "path": "members", "value": [{"value": "2", "$ref": None}]},
         {"members": [{"value": "1"}, {"value": "2"}]}),
        ({"members": [{"value": "1"}]}, {"op": "add", "value": {"members": [{"value": "2"}]}},
         {"members": [{"value": "1"}, {"value": "2"}]}),
        ({"members": [{"value": "1", "display": "x"}]}, {"op": "add", "path": "members", "value": [{"value": "1"}]},
         {"members": [{"value": "1", "display": "x"}]}),
        ({"members": [{"value": "1"}, {"value": "2"}]}, {"op": "Remove", "path": "members", "value": [{"value": "1"}]},
         {"members": [{"value": "2"}]}),
        ({"emails": [{"value": "a", "primary": True}]},
         {"op": "add", "path": "emails", "value": [{"value": "b", "primary": True}]},
         {"emails": [{"value": "a", "primary": False}, {"value": "b", "primary": True}]}),
        ({"emails": [{"value": "a", "type": "work"}]},
         {"op": "replace", "path": 'emails[Type eq "Work"].value', "value": "b"},
         {"emails": [{"value": "b", "type": "work"}]}),
        ({"title": "a", "userName": "u"}, {"op": "replace", "path": "title", "value": None}, {"userName": "u"}),
    ],
)  # fmt: skip
def test_steps_of_scim_do_what_the_standard_and_its_clients_mean(
    thing: Obj, step: dict[str, Any], patched: Obj
) -> None:
    assert scim_after(thing, step) == patched


@pytest.mark.parametrize("step", [{"op": "test", "path": "title", "value": "a"}, {"op": "add", "path": "title"}])
def test_what_is_no_step_of_scim_is_refused(step: dict[str, Any]) -> None:
    with pytest.raises(VendorError):
        scim_after({"title": "a"}, step)
