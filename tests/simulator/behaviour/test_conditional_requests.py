"""Answers carry a tag, what has not changed is 304 and free, and what has changed is not overwritten."""

import pytest

from tests.simulator.conftest import Play, facts
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.behaviour.conditional_requests import ConditionalRequests
from tidegate.vendor.vendor import Conditional

ANSWER = Answer(200, b'{"a":1}', {"Content-Type": "application/json", "X": "y"})


def conditions(**changes: object) -> ConditionalRequests:
    return ConditionalRequests(Conditional.model_validate(changes))


@pytest.mark.parametrize("listed", ["{tag}", '"other", {tag}', "W/{tag}", "*"])
def test_what_the_client_has_is_not_sent_again(listed: str) -> None:
    tags = conditions()
    tag = tags.answered(ANSWER, {}).headers["ETag"]
    again = tags.answered(ANSWER, {"If-None-Match": listed.format(tag=tag)})
    assert (again.status, again.body, again.headers) == (304, b"", {"X": "y", "ETag": tag})


def test_another_body_has_another_tag_and_is_sent() -> None:
    tags = conditions()
    tag = tags.tag(b"before")
    assert tags.answered(ANSWER, {"If-None-Match": tag}).status == 200
    assert tags.answered(Answer(404, b"{}"), {"If-None-Match": "*"}).status == 404


def test_a_write_waits_for_the_version_that_it_names() -> None:
    tags = conditions()
    tags.check({"If-Match": tags.tag(ANSWER.body)}, ANSWER)
    tags.check({"If-Match": "*"}, ANSWER)
    tags.check({}, None)
    for current in (Answer(200, b"changed"), None):
        with pytest.raises(VendorError) as refused:
            tags.check({"If-Match": tags.tag(ANSWER.body)}, current)
        assert refused.value.status == 412
    with pytest.raises(VendorError):
        tags.check({"If-Match": "W/" + tags.tag(ANSWER.body)}, ANSWER)  # a weak tag proves nothing here


def test_what_must_not_be_there_is_not_overwritten() -> None:
    tags = conditions()
    tags.check({"If-None-Match": "*"}, Answer(404, b"{}"))
    tags.check({"If-None-Match": '"other"'}, ANSWER)
    tags.check({"If-None-Match": "*", "If-Match": tags.tag(ANSWER.body)}, ANSWER)
    for listed in ("*", tags.tag(ANSWER.body), "W/" + tags.tag(ANSWER.body)):
        with pytest.raises(VendorError) as refused:
            tags.check({"If-None-Match": listed}, ANSWER)
        assert refused.value.status == 412


def test_a_write_is_answered_with_the_tag_of_what_a_read_would_get() -> None:
    tags = conditions()
    assert tags.told(Answer(204, b""), ANSWER).headers["ETag"] == tags.tag(ANSWER.body)
    assert "ETag" not in tags.told(Answer(204, b""), None).headers
    assert "ETag" not in tags.told(Answer(404, b""), ANSWER).headers


def test_weak_tags_are_marked_and_only_declared_operations_are_tagged() -> None:
    tags = conditions(tags="weak", of=("Get*",))
    assert tags.tag(b"").startswith('W/"')
    assert tags.of("GetThing")
    assert not tags.of("ListThings")
    assert not ConditionalRequests(None).of("GetThing")


async def test_at_the_vendor_a_304_costs_nothing_and_a_stale_write_does_nothing(play: Play) -> None:
    limits = ({"name": "core", "rate": "60/h", "algorithm": "fixed"},)
    vendor = await play(facts(limits=limits, dialect="github", conditional={"free": ("core",)}))
    made = (await vendor.ask("POST", "/v1/customers", "name=A"))[1]
    path = f"/v1/customers/{made['id']}"
    status, _, first = await vendor.exchange("GET", path)
    assert (status, first["X-RateLimit-Remaining"]) == (200, "58")
    async with vendor.client.get(vendor.url + path, headers={"If-None-Match": first["Etag"]}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
        assert answer.headers["X-RateLimit-Remaining"] == "58"
    status, changed = await vendor.ask("POST", path, "name=B", If_Match=first["Etag"])
    assert (status, changed["name"]) == (200, "B")
    status, refused = await vendor.ask("POST", path, "name=C", If_Match=first["Etag"])
    assert (status, refused["error"]["type"]) == (412, "invalid_request_error")
    assert (await vendor.ask("GET", path))[1]["name"] == "B"
