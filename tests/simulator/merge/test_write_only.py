"""What is only written never comes back, however deep it stands."""

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed
from tidegate.simulator.merge.write_only import WriteOnly

SECRET = {**TEXT, "writeOnly": True}
USER = fields(
    "id", "pw", id={**TEXT, "readOnly": True}, name=TEXT, pw=SECRET,
    card=fields(number=SECRET, last4=TEXT), keys=listed(fields(label=TEXT, value=SECRET)),
)  # fmt: skip


def test_a_password_and_the_parts_of_parts_are_not_answered() -> None:
    vendor = SmallVendor(collection(USER, listed(USER), USER, path="/users"))
    sent = {"name": "x", "pw": "p", "card": {"number": "4242", "last4": "42"}, "keys": [{"label": "a", "value": "v"}]}
    made = vendor.made("/users", sent)
    assert made == {"id": made["id"], "name": "x", "card": {"last4": "42"}, "keys": [{"label": "a"}]}
    assert vendor.read(f"/users/{made['id']}") == made
    changed = vendor.ask("PATCH", f"/users/{made['id']}", {"pw": "q", "name": "y"}).body
    assert changed == {**made, "name": "y"}


def test_a_schema_that_holds_itself_is_looked_into_once() -> None:
    schemas = {"node": fields(secret=SECRET, next={"$ref": "#/components/schemas/node"})}
    document = SmallVendor({}, schemas).document
    without = WriteOnly(document.schemas).without
    assert without(schemas["node"], {"secret": 1, "next": {"secret": 2, "other": 3}}) == {"next": {"other": 3}}
    assert without({"type": "string"}, "text") == "text"
