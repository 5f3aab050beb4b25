"""One key, one effect: repeated calls are answered from the record, lost ones resumed, crashes included."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.proxy import examples
from tests.proxy.town import Answer, Step, Stream, Town, both, play
from tidegate.proxy.policies.resilience.idempotency_keys import vendor_key
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.transport import VendorAnswer

OK: Step = (200, {"Content-Type": "application/json", "X-Vendor": "yes"}, b'{"id": 1}')


async def pay(town: Town, key: str = "k1", body: bytes = b"amount=1", path: str = "/things/things") -> Answer:
    return await town.ask("POST", path, headers={"Idempotency-Key": key}, data=body)


def test_the_same_key_and_body_get_the_stored_answer(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer, int]:
        return await pay(town), await pay(town), len(town.vendor.received)

    first, second, asked = play(tmp_path, [OK], story)
    assert asked == 1
    assert (second.status, second.body, second.headers["X-Vendor"]) == (first.status, first.body, "yes")
    assert (second.headers["Idempotency-Replayed"], second.headers["Tidegate-Attempts"]) == ("true", "0")


def test_the_same_key_with_another_body_is_refused(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await pay(town)
        return await pay(town, body=b"amount=2")

    got = play(tmp_path, [OK], story)
    assert (got.status, got.problem) == (422, "idempotency-mismatch")


def test_the_same_key_at_the_same_time_is_a_conflict(tmp_path: Path) -> None:
    async def story(town: Town) -> list[Answer]:
        return await both(pay(town), pay(town))

    first, second = sorted(play(tmp_path, [OK], story), key=lambda answer: answer.status)
    assert first.status == 200
    assert (second.status, second.problem) == (409, "idempotency-conflict")
    assert int(second.headers["Retry-After"]) >= 1


def test_a_key_is_taken_for_as_long_as_its_answer_streams(tmp_path: Path) -> None:
    """Longer than the budget and the lease's margin, which end no stream."""

    async def story(town: Town) -> tuple[int, str, int]:
        first = asyncio.ensure_future(pay(town))
        await town.world.sleep(50)
        second = await pay(town)
        return second.status, second.problem, (await first).status

    stream = Stream([b"data: {}\n\n"] * 60, every_s=1.0, headers={"Content-Type": "text/event-stream"})
    assert play(tmp_path, [stream], story) == (409, "idempotency-conflict", 200)


def test_the_vendor_sees_the_apps_key(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        await pay(town, key='"quoted"')
        return town.vendor.received[0].headers["Idempotency-Key"]

    assert play(tmp_path, [OK], story) == "quoted"


def test_apps_share_an_account_but_not_keys() -> None:
    plan = examples.plan()
    assert vendor_key("local", "k", plan) == "k"
    assert vendor_key("shop", "k", plan) != vendor_key("desk", "k", plan)
    assert len(vendor_key("shop", "k" * 255, plan)) <= 255


@pytest.mark.parametrize("answer", [400, 402, 404])
def test_a_key_is_free_again_where_nothing_was_applied(tmp_path: Path, answer: int) -> None:
    async def story(town: Town) -> tuple[int, int]:
        first = await pay(town)
        return first.status, (await pay(town)).status

    assert play(tmp_path, [answer, OK], story) == (answer, 200)


def test_an_unknown_call_is_resumed_under_its_key(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer, set[str]]:
        lost = await pay(town)
        found = await pay(town)
        return lost, found, {seen.headers["Idempotency-Key"] for seen in town.vendor.received}

    lost, found, keys = play(tmp_path, ["reset", "reset", "reset", OK], story)
    assert (lost.problem, found.status, len(keys)) == ("outcome-unknown", 200, 1)


def test_a_resumed_call_that_cannot_be_sent_stays_unknown(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await pay(town)
        town.vendor_machine.crash()
        return await pay(town)

    assert play(tmp_path, ["reset"], story).problem == "outcome-unknown"


def test_what_nothing_makes_safe_is_not_resumed(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, int]:
        await pay(town, path="/things/shots")
        again = await pay(town, path="/things/shots")
        return again, len(town.vendor.received)

    again, asked = play(tmp_path, ["reset", OK], story)
    assert (again.problem, asked) == ("outcome-unknown", 1)


def test_a_proxy_that_crashed_in_the_middle_resumes_after_its_restart(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, set[str]]:
        dying = asyncio.ensure_future(pay(town))
        await town.world.sleep(1.0)
        town.crash()
        await asyncio.gather(dying, return_exceptions=True)
        await town.restart()
        got = await pay(town)
        return got, {seen.headers["Idempotency-Key"] for seen in town.vendor.received}

    got, keys = play(tmp_path, ["hang", OK], story)
    assert (got.status, keys) == (200, {"k1"})


def test_a_put_needs_no_vendor_key_and_is_recorded_where_the_app_sends_one(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, bool]:
        headers = {"Idempotency-Key": "k1"}
        await town.ask("PUT", "/things/things/1", headers=headers, data=b"a")
        again = await town.ask("PUT", "/things/things/1", headers=headers, data=b"a")
        return again, "Idempotency-Key" in town.vendor.received[0].headers

    again, told = play(tmp_path, [OK], story)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert not told


def test_a_bug_of_ours_in_the_middle_leaves_the_key_to_be_resumed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(town: Town) -> tuple[Answer, Answer, int]:
        sound, bugs = Pool.exchange, ["a bug"]

        async def broken(*args: Any, **options: Any) -> VendorAnswer:
            answer = await sound(*args, **options)
            if bugs:
                raise RuntimeError(bugs.pop())
            return answer

        monkeypatch.setattr(Pool, "exchange", broken)
        return await pay(town), await pay(town), len(town.vendor.received)

    lost, found, asked = play(tmp_path, [OK], story)
    assert (lost.problem, found.status, asked) == ("outcome-unknown", 200, 2)


LARGE = bytes(range(256)) * 64
"""16 KiB, of which LARGELY keeps 1 KiB."""
LARGELY: dict[str, Any] = {"config": {"body_kept_bytes": 1024, "body_max_bytes": 1_000_000}}
OTHER_TAIL = LARGE[:-1] + b"!"


async def upload(town: Town, body: bytes, *, every_s: float = 0.01, length: bool = True, within: str = "1m") -> Answer:
    """A write under a key whose body comes in pieces of 1 KiB, so that no more than its beginning is there at first."""

    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), 1024):
            yield body[begin : begin + 1024]
            await town.world.sleep(every_s)

    data: Any = pieces()
    headers = {
        "Idempotency-Key": "k1",
        "Tidegate-Timeout": within,
        **({"Content-Length": str(len(body))} if length else {}),
    }
    return await town.ask("POST", "/things/things", headers=headers, data=data)


@pytest.mark.parametrize("length", [True, False], ids=["with a length", "in chunks"])
def test_two_large_bodies_under_one_key_are_told_apart_by_their_ends(tmp_path: Path, *, length: bool) -> None:
    async def story(town: Town) -> tuple[Answer, Answer, Answer, int]:
        first = await upload(town, LARGE, length=length)
        other = await upload(town, OTHER_TAIL, length=length)
        again = await upload(town, LARGE, length=length)
        return first, other, again, len(town.vendor.received)

    first, other, again, asked = play(tmp_path, [OK], story, **LARGELY)
    assert (first.status, asked) == (200, 1)
    assert (other.status, other.problem, other.headers.get("Idempotency-Replayed")) == (
        422,
        "idempotency-mismatch",
        None,
    )
    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (200, first.body, "true")


def test_a_large_body_is_told_from_another_after_a_restart_too(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, int]:
        await upload(town, LARGE)
        town.crash()
        await town.restart()
        return (await upload(town, OTHER_TAIL)).problem, (await upload(town, LARGE)).status

    assert play(tmp_path, [OK], story, **LARGELY) == ("idempotency-mismatch", 200)


def test_a_large_body_is_compared_within_the_calls_time(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, float, int]:
        await upload(town, LARGE)
        began = town.world.now()
        slow = await upload(town, LARGE, every_s=1.9, within="5s")
        return slow, town.world.now() - began, len(town.vendor.received)

    slow, took_s, asked = play(tmp_path, [OK], story, **LARGELY)
    assert (slow.status, slow.problem, asked) == (504, "deadline-exceeded", 1)
    assert took_s == pytest.approx(5.0, abs=0.2)


def test_another_large_body_under_the_key_of_an_unknown_call_never_arrives_whole(tmp_path: Path) -> None:
    """The first one was sent to its end, so it is known; the vendor would take the second for it, or carry it out."""

    async def story(town: Town) -> tuple[list[str], int, list[bytes]]:
        problems = [(await upload(town, body)).problem for body in (LARGE, OTHER_TAIL)]
        found = await upload(town, LARGE)
        return problems, found.status, [seen.body for seen in town.vendor.received]

    problems, status, bodies = play(tmp_path, ["reset", OK], story, **LARGELY)
    assert (problems, status) == (["outcome-unknown", "idempotency-mismatch"], 200)
    assert OTHER_TAIL not in bodies


def test_another_large_body_that_comes_at_once_is_told_from_the_first_one_of_an_unknown_call(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[str], list[int], int]:
        body, other = LARGE[:1500], LARGE[:1499] + b"!"
        problems = [(await pay(town, body=sent)).problem for sent in (body, other)]
        statuses = [(await pay(town, body=sent)).status for sent in (body, other, body)]
        return problems, statuses, len(town.vendor.received)

    problems, statuses, asked = play(tmp_path, ["reset", "reset", "reset", OK], story, **LARGELY)
    assert problems == ["outcome-unknown", "idempotency-mismatch"]
    assert (statuses, asked) == ([200, 422, 200], 4)
