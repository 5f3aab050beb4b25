"""The control API reads the journal, arms faults, and sets and resets the state."""

from typing import Any

import pytest

from tests.simulator.conftest import DOCUMENT, Play, Played
from tidegate.openapi.document import Document
from tidegate.vendor.vendor_file import load_vendor


async def play_of(play: Play, name: str) -> Played:
    """A vendor that is shipped."""
    adapter = DOCUMENT.parents[1] / name
    file = load_vendor(adapter / "vendor.yaml").vendor
    return await play(file, served=Document.load(adapter / file.document))


async def ask_json(vendor: Played, method: str, path: str, body: Any = None) -> Any:
    async with vendor.client.request(method, f"http://127.0.0.1:{vendor.simulator.port}{path}", json=body) as answer:
        assert answer.status in (200, 201), await answer.text()
        return await answer.json()


async def control(vendor: Played, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    url = f"http://127.0.0.1:{vendor.simulator.control_port}{path}"
    async with vendor.client.request(method, url, json=body) as answer:
        return answer.status, await answer.json()


async def test_the_journal_is_read_in_pages(vendor: Played) -> None:
    for n in range(5):
        await vendor.pay(f"o{n}")
    status, first = await control(vendor, "GET", "/journal?limit=3")
    assert (status, [entry["n"] for entry in first["entries"]], first["more"]) == (200, [1, 2, 3], True)
    rest = (await control(vendor, "GET", "/journal?since=3"))[1]
    assert ([entry["n"] for entry in rest["entries"]], rest["more"], rest["last"]) == ([4, 5], False, 5)
    assert rest["entries"][0]["effects"][0]["intent"] == "o3"
    assert rest["counters"]["effect payment_intent.succeeded"] == 5
    status, none = await control(vendor, "GET", "/journal?limit=0")
    assert (status, none["entries"], none["more"], none["last"]) == (200, [], True, 5)
    status, everything = await control(vendor, "GET", f"/journal?limit={10**20}")
    assert (status, len(everything["entries"]), everything["more"]) == (200, 5, False)


async def test_the_journal_is_searched(vendor: Played) -> None:
    await vendor.pay("o1", Idempotency_Key="k1")
    await control(vendor, "POST", "/faults", {"kind": "error", "status": 404, "first_n": 1})
    await vendor.ask("GET", "/v1/customers")
    await vendor.ask("GET", "/v1/customers")
    for query, found in (
        ("operation=Get*", [2, 3]),
        ("status=4xx", [2]),
        ("fault=error", [2]),
        ("key=k1", [1]),
        ("app=***ests&since=1", [2, 3]),
        ("app=***none", []),
    ):
        status, told = await control(vendor, "GET", f"/journal?{query}")
        assert (status, [entry["n"] for entry in told["entries"]]) == (200, found), query
    assert (await control(vendor, "GET", "/journal?status=ok"))[0] == 400


async def test_faults_are_armed_listed_and_dropped(vendor: Played) -> None:
    status, armed = await control(vendor, "POST", "/faults", {"kind": "error", "status": 502, "first_n": 1})
    assert (status, armed["faults"][0]["kind"]) == (200, "error")
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 502
    assert (await control(vendor, "GET", "/faults"))[1]["faults"][0]["fired"] == 1
    await control(vendor, "POST", "/faults", {"faults": [{"kind": "error"}, {"kind": "throttle"}]})
    assert len((await control(vendor, "GET", "/faults"))[1]["faults"]) == 3
    assert await control(vendor, "DELETE", "/faults") == (200, {"faults": []})
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200


async def test_faults_times_count_from_when_they_are_armed(vendor: Played) -> None:
    await vendor.world.advance(100)
    await control(vendor, "POST", "/faults", [{"kind": "error", "from": "5s", "for": "5s"}])
    await vendor.world.advance(5)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 500


async def test_the_state_can_be_saved_and_put_back(vendor: Played) -> None:
    payment = (await vendor.pay())[1]
    saved = (await control(vendor, "GET", "/state"))[1]
    assert saved["resources"]["payment_intent"] == [payment]
    assert (await control(vendor, "POST", "/reset")) == (200, {"at": 0.0, "wall": 1735689600.0})
    assert (await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}"))[0] == 404
    assert (await control(vendor, "PUT", "/state", {"resources": saved["resources"]}))[0] == 200
    assert (await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}"))[1] == payment
    assert (await vendor.ask("POST", "/v1/refunds", f"charge={payment['latest_charge']}"))[0] == 200


@pytest.mark.parametrize("name", ["stripe", "github", "shopify"])
async def test_the_state_is_put_back_as_it_was_given(play: Play, name: str) -> None:
    vendor = await play_of(play, name)
    if name == "github":
        assert (await ask_json(vendor, "POST", "/repos/a/b/issues", {"title": "One"}))["number"] == 1
    elif name == "stripe":
        await vendor.pay()
    saved = (await control(vendor, "GET", "/state"))[1]
    assert saved["resources"]
    for _ in range(2):
        assert await control(vendor, "PUT", "/state", saved) == (200, saved)
        assert (await control(vendor, "GET", "/state"))[1] == saved
        vendor.simulator.reset()


async def test_what_is_put_back_is_found_and_numbers_go_on_after_it(play: Play) -> None:
    vendor = await play_of(play, "github")
    issue = await ask_json(vendor, "POST", "/repos/a/b/issues", {"title": "One"})
    saved = (await control(vendor, "GET", "/state"))[1]
    vendor.simulator.reset()
    await control(vendor, "PUT", "/state", saved)
    assert await ask_json(vendor, "GET", "/repos/a/b/issues/1") == issue
    assert (await ask_json(vendor, "POST", "/repos/a/b/issues", {"title": "Two"}))["number"] == 2


async def test_what_was_there_from_the_beginning_is_gone_where_the_state_does_not_have_it(play: Play) -> None:
    vendor = await play_of(play, "shopify")
    assert (await control(vendor, "PUT", "/state", {"resources": {}}))[1]["resources"] == {}


async def test_provider_states_are_set_up_and_torn_down(vendor: Played) -> None:
    state = {"state": "a customer exists", "params": {"id": "cus_1"}, "action": "setup"}
    assert await control(vendor, "POST", "/states", state) == (200, {"id": "cus_1"})
    assert (await vendor.ask("GET", "/v1/customers/cus_1"))[0] == 200
    assert await control(vendor, "POST", "/states", {**state, "action": "teardown"}) == (200, {})
    assert (await vendor.ask("GET", "/v1/customers/cus_1"))[0] == 404


async def test_the_clock_is_the_vendors(vendor: Played) -> None:
    await vendor.world.advance(2.5)
    assert await control(vendor, "GET", "/clock") == (200, {"at": 2.5, "wall": 1735689602.5})


async def test_operations_and_objects_are_listed(vendor: Played) -> None:
    await vendor.pay()
    about = (await control(vendor, "GET", "/operations"))[1]
    assert (about["vendor"], about["seed"], about["diagnostics"]) == ("stripe", 7, [])
    counted = {one["id"]: one["requests"] for one in about["operations"]}
    assert (counted["PostPaymentIntents"], counted["GetCustomers"]) == (1, 0)
    assert (await control(vendor, "GET", "/objects"))[1]["kinds"] == {"event": 2, "payment_intent": 1}
    newest = (await control(vendor, "GET", "/objects?kind=event&limit=1"))[1]["objects"]
    assert [one["object"]["type"] for one in newest] == ["payment_intent.succeeded"]
    assert (await control(vendor, "GET", "/objects?kind=customer"))[1]["objects"] == []
    status, refused = await control(vendor, "GET", "/objects?kind=costumer")
    assert (status, refused) == (400, {"error": "no kind of object is called 'costumer'; did you mean customer?"})
    assert (await control(vendor, "PUT", "/state", {"resources": {"costumer": []}}))[0] == 400


async def test_the_kinds_of_faults_are_listed_with_what_they_do(vendor: Played) -> None:
    document = (await control(vendor, "GET", "/kinds"))[1]
    assert {"latency", "throttle", "outage"} <= set(document["kinds"])
    assert "crash" not in document["kinds"]
    assert document["meanings"]["latency"] == "The vendor thinks before it acts."
    assert all(document["meanings"][kind].endswith(".") for kind in document["kinds"])


async def test_one_fault_is_dropped_by_its_number(vendor: Played) -> None:
    await control(vendor, "POST", "/faults", [{"kind": "empty"}, {"kind": "outage", "for": "30s"}])
    left = (await control(vendor, "DELETE", "/faults?n=0"))[1]["faults"]
    assert [(fault["n"], fault["kind"]) for fault in left] == [(1, "outage")]
    status, document = await control(vendor, "DELETE", "/faults?n=0")
    assert (status, "no fault number 0" in document["error"]) == (400, True)


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"Origin": "https://evil.example"}, "no requests from pages of"),
        ({"Origin": "null"}, "no requests from pages of"),
        ({"Host": "evil.example:9101"}, "not known as"),
    ],
)
async def test_pages_of_other_sites_are_refused(vendor: Played, headers: dict[str, str], says: str) -> None:
    url = f"http://127.0.0.1:{vendor.simulator.control_port}/reset"
    await vendor.pay()
    async with vendor.client.post(url, headers=headers) as answer:
        assert answer.status == 403
        assert says in (await answer.json())["error"]
    assert vendor.simulator.journal.last == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1:x", "127.0.0.1:99999", "me@127.0.0.1", "[::1", "a b", "127.0.0.1:1:2", "[x]"]
)
async def test_a_host_that_cannot_be_read_is_answered_with_400(vendor: Played, host: str) -> None:
    url = f"http://127.0.0.1:{vendor.simulator.control_port}/reset"
    await vendor.pay()
    async with vendor.client.post(url, headers={"Host": host}) as answer:
        assert answer.status == 400
    assert vendor.simulator.journal.last == 1


async def test_its_own_page_is_let_in(vendor: Played) -> None:
    port = vendor.simulator.control_port
    for host in ("127.0.0.1", "localhost"):
        url = f"http://{host}:{port}/clock"
        async with vendor.client.get(url, headers={"Origin": f"http://{host}:{port}"}) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "says"),
    [
        ("GET", "/journal?since=x", None, "since"),
        ("POST", "/clock", {"advance": "1h"}, "cannot be moved"),
        ("POST", "/clock", {"advance": 5}, "not a duration"),
        ("POST", "/clock", None, "not a duration"),
        ("GET", "/journal?limit=-1", None, "limit"),
        ("POST", "/faults", {"kind": "frob"}, "unknown kind"),
        ("POST", "/faults", [{"kind": "error", "status": 200}], "[0].status"),
        ("POST", "/faults", None, "keys and values"),
        ("PUT", "/state", {"customer": []}, "resources"),
        ("PUT", "/state", {"resources": {"customer": [{}]}}, "customer"),
        ("PUT", "/state", {"resources": {"customer": {"cus_1": 5}}}, "customer"),
        ("POST", "/states", {"state": 5}, "the body must be"),
        ("POST", "/states", {"state": "a dragon exists"}, "no such state"),
        ("POST", "/states", {"state": "a customer exists", "params": [1]}, "params"),
    ],
)
async def test_a_bad_request_is_told_what_would_be_right(
    vendor: Played, method: str, path: str, body: Any, says: str
) -> None:
    status, answer = await control(vendor, method, path, body)
    assert status == 400
    assert says in answer["error"]


async def test_text_that_is_not_json_is_refused(vendor: Played) -> None:
    url = f"http://127.0.0.1:{vendor.simulator.control_port}/faults"
    async with vendor.client.post(url, data=b"{") as answer:
        assert answer.status == 400


async def test_an_unknown_control_is_404(vendor: Played) -> None:
    assert (await control(vendor, "GET", "/frob"))[0] == 404
    assert (await control(vendor, "DELETE", "/journal"))[0] == 404
