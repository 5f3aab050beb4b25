"""Tests of tidegate.proxy.desk.delivery_pages, over a store in a file."""

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import orjson
import pytest

from tests.proxy.desk.letters import CANARY, Desk, accept, dead, desk, letter, settle_all
from tests.proxy.store.places import at
from tests.proxy.store.sqlite.delivery.cost import copy_rows
from tidegate.proxy.desk.vendor_terms import VendorTerms
from tidegate.proxy.policies.delivery.delivery import MAY, Settlement
from tidegate.proxy.store.deliveries import HandMade
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealed_deliveries import KEY_GRACE_S, SealedDeliveries
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys
from tidegate.proxy.store.store_error import StoreError


def ids(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["id"] for one in page["deliveries"]]


async def test_a_list_is_walked_page_by_page_the_newest_first(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, *map(letter, range(7)))
        seen, after = [], ""
        while True:
            page = await at_desk.get(f"?limit=3&after={after}")
            seen.append(ids(page))
            after = page["next"]
            if not after:
                break
    assert seen == [["d6", "d5", "d4"], ["d3", "d2", "d1"], ["d0"]]


async def test_a_list_is_narrowed_by_every_filter(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1, order_key="o-1"), letter(2, app="desk", operation="PostX"))
        await settle_all(at_desk.deliveries, dead())
        await accept(at_desk.deliveries, letter(3, vendor="twilio"), letter(4, box="inbox"), letter(5), age_s=5)
        for query, found in (
            ("box=inbox", ["d4"]),
            ("state=dead", ["d2", "d1"]),
            ("reason=rejected&app=desk", ["d2"]),
            ("reason=expired", []),
            ("vendor=twilio", ["d3"]),
            ("operation=PostX", ["d2"]),
            ("order_key=o-1", ["d1"]),
            ("text=said%20no", ["d2", "d1"]),
            ("text=k5", ["d5"]),
            ("until=2020-01-01", []),
            ("since=1s&until=2100-01-01", []),
        ):
            assert ids(await at_desk.get(f"?{query}")) == found, query


async def test_one_is_shown_with_its_attempts_its_answer_and_what_people_did(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1))
        answer = b'{"error": "no such charge", "email": "ada@example.com"}'
        headers = b'[["Content-Type", "application/json"], ["X-Secret", "s"]]'
        await settle_all(
            at_desk.deliveries, dead(status=404, outcome="not applied", answer_headers=headers, answer_body=answer)
        )
        await at_desk.deliveries.act("d1", HandMade("replay", "ada", "vendor is back"), at_desk.now())
        one = await at_desk.get("/d1?body=redacted")
    assert (one["state"], one["key"], one["ever_sent"]) == ("unknown", "k1", True)
    assert one["may"] == ["confirm"]
    assert one["tries"] == [
        {"n": 1, "began": "2023-11-14T22:13:21.000Z", "ended": "2023-11-14T22:13:21.000Z", "outcome": "not applied",
         "status": 404, "problem": "", "call": "call-1", "late": False}
    ]  # fmt: skip
    assert one["audit"][0]["by"] == "ada"
    assert one["answer"]["headers"] == {"content-type": "application/json", "x-secret": "[redacted]"}
    assert orjson.loads(one["answer"]["body"]) == {"error": "no such charge", "email": "[redacted]"}
    assert one["request"]["body"] == '{"n":0}'
    assert one["deadline"] == "2023-11-15T22:13:30.000Z", "its time begins anew"


async def test_one_that_cannot_be_opened_says_so_and_can_only_be_given_up(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        of = at_desk.deliveries
        await accept(SealedDeliveries(of, Seal(Random(1), SealingKeys([b"k" * 32]), lambda _: True)), letter(1))
        sealed = Desk(SealedDeliveries(of, Seal(Random(1))), VendorTerms((), rate_per_s=1.0, key_memory_s=1.0))
        assert await sealed.deliveries.claim("outbox", at(KEY_GRACE_S), lease_s=60.0) == []
        one = await sealed.get("/d1?body=redacted")
        assert (one["state"], one["reason"], one["request"]["body_bytes"]) == ("dead", "sealed", 0)
        assert "not among sealing.keys" in one["unopened"]
        for action in ("replay", "redo"):
            status, document = await sealed.post("/d1", action=action)
            assert (status, "not among sealing.keys" in str(document)) == (409, True)
        assert (await sealed.post("/d1", action="cancel"))[0] == 200


async def test_no_secret_is_in_any_output(tmp_path: Path) -> None:
    """A canary in every slot of the request, of the answer, and of what people write."""
    lines = orjson.dumps([["Content-Type", "application/json"], ["Authorization", CANARY], ["Via", CANARY]])
    body = orjson.dumps({"a": CANARY, CANARY: [f"x{CANARY}y"]})
    filled = {"key": f"k{CANARY}", "order_key": CANARY, "headers": lines, "body": body, "trace": CANARY,
              "destination": f"/v1/{CANARY}?q={CANARY}"}  # fmt: skip
    settlement = Settlement(
        "dead", dead_reason="rejected", detail=CANARY, problem=CANARY, status=400, answer_headers=lines,
        answer_body=body, reference=CANARY,
    )  # fmt: skip
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1, **filled), letter(2, **filled | {"key": "k2"}))
        await settle_all(at_desk.deliveries, settlement)
        shown = [
            await at_desk.ask(
                "POST", "/d1", {"action": "redo", "by": CANARY, "note": CANARY, "body": CANARY, "key": CANARY}
            ),
            await at_desk.ask("POST", "/d2", {"action": "cancel", "by": "ada", "note": CANARY}),
            await at_desk.ask("GET", f"?text={CANARY}"),
            await at_desk.ask("GET"),
            *[await at_desk.ask("GET", f"/d{n}?body={how}") for n in (1, 2) for how in ("none", "redacted")],
            await at_desk.ask("POST", "/d1", {"action": CANARY, "by": "ada"}),
            await at_desk.ask("GET", "?vendor=stripee"),
        ]
        audit = await at_desk.deliveries.audit("d2")
    assert [page.status for page in shown] == [200] * 8 + [400] * 2
    assert not any(b"canary" in page.body for page in shown)
    assert not any("canary" in line for line in audit), "what people write is scrubbed before it is stored"


@pytest.mark.parametrize(
    ("action", "body", "state"),
    [
        ("replay", None, "unknown"),
        ("redo", None, "queued"),
        ("redo", '{"n": 1}', "queued"),
        ("cancel", None, "cancelled"),
    ],
)
async def test_a_dead_one_is_acted_on_once_and_it_is_on_record(
    tmp_path: Path, action: str, body: str | None, state: str
) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1))
        await settle_all(at_desk.deliveries, dead())
        order = {"action": action} | ({"body": body} if body else {})
        status, would = await at_desk.post("/d1", **order, dry_run=True)
        assert (status, would["state"], would["asked_first"]) == (200, "dead", action == "replay")
        assert (await at_desk.get("/d1"))["audit"] == [], "a dry run changes nothing"
        status, done = await at_desk.post("/d1", **order, note="why")
        assert (status, done["state"]) == (200, state)
        (line,) = done["audit"]
        assert (line["by"], line["action"]) == ("ada", action)
        found = await at_desk.deliveries.find("d1")
    assert found is not None
    if body:
        assert found.new.body == body.encode()
        assert (
            line["note"] == "why (body sha-256 0d2fd6b3a2cd1d8d → sha-256 4aaf5f5f0b4c3c9b)"
            or "→ sha-256" in line["note"]
        )
    assert (found.new.key == "k1") is (action != "redo"), "a redo goes under a new key"


async def test_what_the_state_does_not_allow_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1))
        for action in sorted(MAY, key=lambda each: each == "cancel"):
            status, answer = await at_desk.post("/d1", action=action)
            assert status == (200 if action == "cancel" else 409), action
            if status == 409:
                assert answer["error"].startswith(f"it is queued, and {action} is for what is ")
                assert answer["error"].endswith("this one can be: cancel")
        status, answer = await at_desk.post("/d1", action="replay")
        assert (status, answer["error"]) == (
            409, "it is cancelled, and replay is for what is dead; nothing can be done to this one by hand"
        )  # fmt: skip


async def test_a_redo_under_a_key_that_is_known_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1), letter(2))
        await settle_all(at_desk.deliveries, dead())
        status, answer = await at_desk.post("/d1", action="redo", key="k2")
    assert (status, answer["error"]) == (
        409, "its new key is known already, or the delivery has changed meanwhile; it was dead"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "?vendor=stirpe", 400, "there is no vendor stirpe; did you mean stripe?"),
        ("GET", "?after=7x", 400, "after is no cursor"),
        ("GET", "?after=-1", 400, "after is no cursor"),
        ("GET", "?after=" + "9" * 40, 400, "after is no cursor"),
        ("GET", "?after=%D9%A3", 400, "after is no cursor"),
        ("GET", "/d1?body=all", 400, "body=none or body=redacted"),
        ("GET", "/d1?x=1", 400, "body=none or body=redacted"),
        ("GET", "/..", 400, "this is no id of a delivery"),
        ("GET", "/%00", 400, "this is no id of a delivery"),
        ("GET", "/d' OR 1=1--", 400, "this is no id of a delivery"),
        ("GET", "/nobody", 404, "there is no delivery nobody"),
        ("POST", "/nobody", 404, "there is no delivery nobody"),
        ("POST", "", 405, "use GET, HEAD"),
        ("GET", "/replay", 405, "use POST"),
        ("DELETE", "/d1", 405, "use GET, HEAD, POST"),
    ],
)
async def test_what_is_hostile_or_not_there_is_told_and_harms_nothing(
    tmp_path: Path, method: str, path: str, status: int, says: str
) -> None:
    async with desk(tmp_path) as at_desk:
        page = await at_desk.ask(method, path, {"action": "cancel", "by": "ada"})
    assert page.status == status
    assert says in orjson.loads(page.body)["error"]


async def test_a_vendor_that_has_gone_is_still_looked_for(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1, vendor="gone"))
        assert ids(await at_desk.get("?vendor=gone")) == ["d1"]


async def test_a_store_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise StoreError("store.db: disk full", "full")

    async with desk(tmp_path) as at_desk:
        for name in ("find", "page"):
            monkeypatch.setattr(at_desk.deliveries, name, fail)
        for method, path in (("GET", ""), ("GET", "/d1"), ("POST", "/d1")):
            page = await at_desk.ask(method, path, {"action": "cancel", "by": "ada"})
            assert (page.status, b"the store does not answer now" in page.body) == (503, True)


async def test_a_page_of_100_000_costs_what_its_rows_cost(tmp_path: Path) -> None:
    """Counted in steps of SQLite's machine: a page deep in the list costs what the first one does, and no scan."""
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1))
    with closing(sqlite3.connect(tmp_path / "store.db")) as file:
        copy_rows(file, "d1", range(1000, 101_000))
        file.execute("UPDATE deliveries SET state = 'dead', dead_reason = 'expired' WHERE seq % 10 = 0")
        file.commit()
    async with desk(tmp_path) as at_desk:
        steps: dict[str, int] = {}
        await _count_steps(at_desk.deliveries)
        first = await at_desk.get("?limit=50")
        for name, query in (
            ("first", "?limit=50"),
            ("deep", "?limit=50&after=5000"),
            ("dead", "?limit=50&state=dead"),
            ("deep dead", "?limit=50&state=dead&after=50000"),
            ("none", "?limit=50&state=parked"),
            ("depths", "?vendor=stripe&limit=1"),
        ):
            before = STEPS[0]
            await at_desk.get(query)
            steps[name] = STEPS[0] - before
    assert len(first["deliveries"]) == 50
    assert max(steps.values()) <= 60, f"thousands of steps: {steps}"


STEPS = [0]


async def _count_steps(deliveries: object) -> None:
    """Count every thousand steps of the machine from now on."""

    def work(connection: sqlite3.Connection) -> None:
        def step() -> int:
            STEPS[0] += 1
            return 0

        connection.set_progress_handler(step, 1000)

    await deliveries._writer.run(work)  # type: ignore[attr-defined]  # the connection is the store's own
