"""Each change of a list."""

from tests.simulator.trouble.drift.conftest import Before


async def test_d8_the_order_of_a_list_changes(before: Before) -> None:
    newest_first = [one["id"] for one in (await before.get("/v1/payment_intents"))["data"]]
    before.arm("reordered", pointer="/data")
    assert [one["id"] for one in (await before.get("/v1/payment_intents"))["data"]] == newest_first[::-1]
    assert before.fired == ("drift reordered /data",)


async def test_d8_a_page_holds_less_than_was_asked_for(before: Before) -> None:
    before.arm("page_size", pointer="/data", to=1)
    page = await before.get("/v1/payment_intents?limit=10")
    assert (len(page["data"]), page["has_more"]) == (1, True)
    rest = await before.get(f"/v1/payment_intents?limit=10&starting_after={page['data'][0]['id']}")
    assert rest["data"][0]["id"] != page["data"][0]["id"]


async def test_a_list_is_drawn_for_what_happens_to_lists(before: Before) -> None:
    before.arm("reordered")
    before.arm("page_size")
    page = await before.get("/v1/payment_intents")
    assert len(page["data"]) == 1
    assert before.fired == ("drift reordered /data", "drift page_size /data")
