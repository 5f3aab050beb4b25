"""What is tried again, what is not, and what the app is told when nothing more is tried."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.proxy.town import VENDOR, Answer, Plain, Seen, Step, Town, both, play
from tidegate.policy.retry import RETRY_FLOOR, RETRY_WINDOW_S
from tidegate.world.world import RealWorld

OK: Step = (200, {"Content-Type": "application/json"}, b'{"id": 1}')
STORED: Step = (500, {"Idempotent-Replayed": "true"}, b'{"error": {}}')
NO: Step = (500, {"Things-Should-Retry": "false"}, b"{}")


async def read(town: Town) -> Answer:
    return await town.ask("GET", "/things/things/1")


async def keyed(town: Town) -> Answer:
    return await town.ask("POST", "/things/things", data=b"a=1")


async def unkeyed(town: Town) -> Answer:
    return await town.ask("POST", "/things/shots", data=b"a=1")


@pytest.mark.parametrize("broken", ["reset", "half", "hang", 500, 503, 429])
def test_a_read_is_tried_again_until_it_is_answered(tmp_path: Path, broken: Step) -> None:
    got = play(tmp_path, [broken, OK], read)
    assert (got.status, got.headers["Tidegate-Attempts"]) == (200, "2")


@pytest.mark.parametrize("broken", ["reset", "half", "hang", 500, 503, 429])
def test_a_write_under_a_vendor_key_is_sent_again_under_the_same_key(tmp_path: Path, broken: Step) -> None:
    async def story(town: Town) -> set[str]:
        assert (await keyed(town)).status == 200
        return {seen.headers["Idempotency-Key"] for seen in town.vendor.received}

    assert len(play(tmp_path, [broken, OK], story)) == 1


@pytest.mark.parametrize("broken", ["reset", "half", "hang"])
def test_a_write_that_nothing_makes_safe_is_never_sent_twice(tmp_path: Path, broken: Step) -> None:
    async def story(town: Town) -> Answer:
        got = await unkeyed(town)
        assert len(town.vendor.received) == 1
        return got

    got = play(tmp_path, [broken, OK], story)
    assert (got.status, got.problem) == (504, "outcome-unknown")
    assert got.headers["Things-Should-Retry"] == "false"
    assert got.headers["Link"].endswith('rel="describedby"')


def test_a_429_says_that_nothing_was_done_so_any_write_may_go_again(tmp_path: Path) -> None:
    got = play(tmp_path, [429, OK], unkeyed)
    assert (got.status, got.headers["Tidegate-Attempts"]) == (200, "2")


@pytest.mark.parametrize(
    ("answer", "attempts"),
    [
        pytest.param(400, 1, id="a rejected request is final"),
        pytest.param(404, 1, id="not found is final"),
        pytest.param(STORED, 1, id="a stored 500 stays a 500"),
        pytest.param(NO, 1, id="the vendor says that a resend makes no sense"),
        pytest.param(503, 3, id="a failing vendor is asked three times"),
    ],
)
def test_the_vendors_last_answer_passes_unchanged(tmp_path: Path, answer: Step, attempts: int) -> None:
    got = play(tmp_path, [answer], keyed)
    assert got.status == (answer if isinstance(answer, int) else 500)
    assert got.problem == ""
    assert int(got.headers["Tidegate-Attempts"]) == attempts


def test_a_last_answer_that_failed_carries_the_stop_hint_and_a_good_one_does_not(tmp_path: Path) -> None:
    assert play(tmp_path, [503], keyed).headers["Things-Should-Retry"] == "false"
    hinting: Step = (200, {"Things-Should-Retry": "true"}, b"{}")
    assert play(tmp_path, [hinting], keyed).headers["Things-Should-Retry"] == "true"


@pytest.mark.parametrize("refusal", [429, 409, 408, 421, 425, 503])  # 409: for its twin; 503: "not now"
@pytest.mark.parametrize("broken", ["reset", 500, 502])
def test_a_write_that_may_have_been_done_stays_unknown_when_the_resends_are_refused(
    tmp_path: Path, broken: Step, refusal: int
) -> None:
    got = play(tmp_path, [broken, refusal], keyed)
    assert (got.status, got.problem) == (504, "outcome-unknown")


def test_what_the_vendor_stored_for_the_key_settles_a_write_a_409_too(tmp_path: Path) -> None:
    got = play(tmp_path, ["reset", (409, {"Idempotent-Replayed": "true"}, b"{}")], keyed)
    assert (got.status, got.problem) == (409, "")


def test_a_write_that_may_have_been_done_stays_unknown_when_our_own_breaker_opens(tmp_path: Path) -> None:
    policy = {**VENDOR["policy"], "breaker": {"calls": 1, "failures": "50%", "open": "2.5s"}}
    got = play(tmp_path, [500, OK], keyed, policy=policy)
    assert (got.status, got.problem) == (504, "outcome-unknown")


@pytest.mark.parametrize(
    ("method", "refusal"), [("DELETE", 404), ("PUT", 412)], ids=["gone by now", "changed by our own first request"]
)
def test_a_write_without_a_key_and_an_answer_is_not_settled_by_a_later_refusal(
    tmp_path: Path, method: str, refusal: int
) -> None:
    async def story(town: Town) -> tuple[Answer, Answer]:
        first = await town.ask(method, "/things/things/1", data=b"{}" if method == "PUT" else None)
        return first, await town.ask("GET", f"/_tidegate/calls/{first.headers['Tidegate-Call']}")

    got, record = play(tmp_path, ["reset", refusal], story)
    assert (got.status, got.problem) == (504, "outcome-unknown")
    assert json.loads(record.body)["outcome"] == "unknown"
    assert play(tmp_path, [refusal], story)[0].status == refusal


def test_a_write_without_an_answer_is_settled_by_a_later_answer_under_its_key(tmp_path: Path) -> None:
    assert play(tmp_path, ["reset", 402], keyed).status == 402


def test_a_read_that_never_gets_an_answer_is_unavailable_and_not_unknown(tmp_path: Path) -> None:
    got = play(tmp_path, ["reset"], read)
    assert (got.status, got.problem, got.headers["Tidegate-Attempts"]) == (503, "vendor-unavailable", "3")


def test_a_hanging_vendor_ends_in_time(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, float]:
        began = town.world.now()
        got = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "2s"})
        return got, town.world.now() - began

    got, took_s = play(tmp_path, ["hang"], story)
    assert (got.status, got.problem) == (504, "deadline-exceeded")
    assert took_s == pytest.approx(2.0, abs=0.05)


def test_a_wait_that_does_not_fit_ends_the_call_at_once(tmp_path: Path) -> None:
    later: Step = (503, {"Retry-After": "60"}, b"{}")

    async def story(town: Town) -> tuple[Answer, float]:
        began = town.world.now()
        return await read(town), town.world.now() - began

    got, took_s = play(tmp_path, [later], story)
    assert (got.status, got.headers["Retry-After"]) == (503, "60")
    assert took_s < 1.0


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    later: Step = (503, {"Retry-After": "3"}, b"{}")

    async def story(town: Town) -> float:
        await read(town)
        return town.vendor.received[1].at_s - town.vendor.received[0].at_s

    assert 3.0 <= play(tmp_path, [later, OK], story) <= 3.5


def test_retries_stay_within_their_budget_when_everything_fails(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        await both(*(read(town) for _ in range(20)))
        return [str(line.get("stop")) for line in town.log()]

    stops = play(tmp_path, [500], story)
    assert stops.count("retry budget") >= 17


def test_what_is_lost_with_a_kept_connection_goes_by_a_new_one_and_counts_against_nobody(tmp_path: Path) -> None:
    async def slow(_seen: Seen) -> Plain:
        await RealWorld().sleep(0.1)
        return 200, {}, b"{}"

    async def story(town: Town) -> set[tuple[int, str]]:
        await both(*(read(town) for _ in range(10)))
        return {(got.status, got.headers["Tidegate-Attempts"]) for got in await both(*(read(town) for _ in range(10)))}

    policy = VENDOR["policy"] | {"breaker": {"calls": 10}, "retry": {"budget": "1%", "base": "1s", "jitter": "none"}}
    lost: Step = "reset"
    assert play(tmp_path, [*[slow] * 10, *[lost] * 10, OK], story, policy=policy) == {(200, "2")}


def test_as_many_retries_are_made_as_the_plan_says_are_always_allowed(tmp_path: Path) -> None:
    """What `tidegate explain` prints is what acts: the floor, and the seconds after which it is there again."""

    async def story(town: Town) -> list[int]:
        retries: list[int] = []
        for _ in range(2):
            await both(*(read(town) for _ in range(20)))
            retries.append(len(town.vendor.received) - 20 * (len(retries) + 1) - sum(retries))
            await town.world.sleep(RETRY_WINDOW_S + 20.0)
        return retries

    # No breaker, so that every call reaches the vendor; retries are few beside the floor.
    policy = VENDOR["policy"] | {"breaker": {"calls": 1000}, "retry": {"budget": "1%"}}
    assert play(tmp_path, [500], story, policy=policy) == [RETRY_FLOOR, RETRY_FLOOR]


def test_our_own_credential_refused_is_not_the_apps_fault(tmp_path: Path) -> None:
    got = play(tmp_path, [(401, {}, b"your key is bad")], read)
    assert (got.status, got.problem) == (502, "credential-rejected")
    assert json.loads(got.body)["error"]["code"] == "credential-rejected"


def test_nothing_listening_means_that_nothing_was_applied(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        town.vendor_machine.crash()
        return await unkeyed(town)

    got = play(tmp_path, [OK], story)
    assert (got.status, got.problem, got.headers["Tidegate-Attempts"]) == (503, "vendor-unavailable", "3")


def test_a_credential_that_is_refused_is_not_sent_again(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town)
        return len(town.vendor.received)

    assert play(tmp_path, [401, OK], story) == 1


def test_a_vendor_that_says_overloaded_in_its_own_number_has_failed(tmp_path: Path) -> None:
    assert play(tmp_path, [529, OK], read).headers["Tidegate-Attempts"] == "2"


def test_less_than_a_second_is_waited_for_as_it_was_said(tmp_path: Path) -> None:
    async def story(town: Town) -> float:
        await read(town)
        return town.vendor.received[1].at_s - town.vendor.received[0].at_s

    soon: Step = (503, {"retry-after-ms": "250"}, b"{}")
    held = VENDOR["policy"] | {"breaker": {"mode": "report"}}
    assert 0.25 <= play(tmp_path, [soon, OK], story, policy=held) < 0.5


def test_a_wall_clock_that_is_set_anew_moves_no_wait_and_no_deadline(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[float], int, float]:
        town.world.call_later(0.1, setattr, town.machine, "skew_s", 7200.0)
        town.world.call_later(1.5, setattr, town.machine, "skew_s", -7200.0)
        began = town.world.now()
        got = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "8s"})
        waits = [later.at_s - seen.at_s for seen, later in pairwise(town.vendor.received)]
        return waits, got.status, town.world.now() - began

    later: Step = (429, {"Retry-After": "2"}, b"{}")
    waits, status, took_s = play(tmp_path, [later, later, OK], story)
    assert status == 200
    assert all(2.0 <= wait <= 2.5 for wait in waits)
    assert took_s < 6.0


def test_a_wall_clock_that_is_set_anew_opens_and_closes_no_breaker(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        for _ in range(30):
            await read(town)
        town.vendor.script = [OK]
        problems = []
        for skew_s in (86_400.0, -86_400.0):
            town.machine.skew_s = skew_s
            problems.append((await read(town)).problem)
        await town.world.sleep(3.0)
        return [*problems, (await read(town)).problem]

    assert play(tmp_path, [500], story) == ["vendor-unavailable", "vendor-unavailable", ""]


@pytest.mark.parametrize("mode", ["enforce", "report"])
def test_who_waits_as_the_vendor_asks_is_not_then_refused_by_our_breaker(tmp_path: Path, mode: str) -> None:
    """A 503 with Retry-After opens the breaker for longer than the vendor asked for."""

    async def story(town: Town) -> tuple[int, int, bool]:
        answer = await town.ask("GET", "/things/things/1")
        return answer.status, len(town.vendor.received), town.world.now() < 1.2

    policy = VENDOR["policy"] | {"breaker": {"mode": mode}}
    away: Step = (503, {"Retry-After": "1"}, b"{}")
    assert play(tmp_path, [away, 200], story, policy=policy) == (200, 2, mode == "report")


@pytest.mark.parametrize("status", [503, 429])
@pytest.mark.parametrize("header", [{"Retry-After": "4"}, {"retry-after-ms": "600"}, {"Retry-After": "9" * 20}])
def test_a_vendor_that_asks_for_more_than_the_cap_is_not_waited_for(
    tmp_path: Path, status: int, header: dict[str, str]
) -> None:
    async def story(town: Town) -> tuple[Answer, int, float, str]:
        began = town.world.now()
        got = await read(town)
        return got, len(town.vendor.received), town.world.now() - began, str(town.log()[-1]["stop"])

    policy = VENDOR["policy"] | {"retry": {"cap": "500ms"}}
    got, received, took_s, stop = play(tmp_path, [(status, header, b"{}"), OK], story, policy=policy)
    assert (got.status, received, stop) == (status, 1, "cap")
    assert took_s < 0.5
    assert got.headers.items() >= header.items()
