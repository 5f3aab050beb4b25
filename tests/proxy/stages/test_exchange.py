"""One pass is one attempt, recorded whatever becomes of it."""

import errno
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import VENDOR, Seen, Step, Town, both, play
from tidegate.proxy.policies.dialects.http_date import parse_date
from tidegate.proxy.upstream.own_means import LASTS_S
from tidegate.proxy.wire.pool import DISTRUST_S
from tidegate.world.world import RealWorld

OK: Step = (200, {}, b"{}")


def counted_connections(town: Town) -> list[object]:
    """An entry for each connection that the proxy makes from now on."""
    made: list[object] = []
    connect = town.machine.connect

    async def counting(*args: Any, **options: Any) -> Any:
        made.append(args)
        return await connect(*args, **options)

    town.machine.connect = counting  # type: ignore[method-assign]  # counts and passes on
    return made


@pytest.mark.parametrize(
    ("step", "attempt"),
    [
        pytest.param(OK, {"n": 1, "verdict": "success", "status": 200}, id="an answer"),
        pytest.param(
            (200, {"X-Request-Id": "req_7"}, b"{}"),
            {"n": 1, "verdict": "success", "status": 200, "request_id": "req_7"},
            id="an answer with the vendor's name for it",
        ),
        pytest.param(
            "reset", {"n": 1, "verdict": "failed", "error": "connection_terminated", "sent": True}, id="a reset"
        ),
        pytest.param(
            "half",
            {"n": 1, "verdict": "failed", "error": "http_response_incomplete", "sent": True},
            id="half an answer",
        ),
        pytest.param(
            "hang", {"n": 1, "verdict": "failed", "error": "http_response_timeout", "sent": True}, id="no answer"
        ),
    ],
)
def test_an_attempt_is_recorded(tmp_path: Path, step: Step, attempt: dict[str, Any]) -> None:
    async def story(town: Town) -> dict[str, Any]:
        await town.ask("POST", "/things/shots", data=b"a")
        made: dict[str, Any] = town.log()[-1]["attempts"][0]
        made.pop("took_ms")
        return made

    assert play(tmp_path, [step], story) == attempt


def test_a_refused_connection_was_not_sent(tmp_path: Path) -> None:
    async def story(town: Town) -> list[bool]:
        town.vendor_machine.crash()
        await town.ask("GET", "/things/things/1")
        return [attempt["sent"] for attempt in town.log()[-1]["attempts"]]

    assert play(tmp_path, [OK], story) == [False, False, False]


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_want_of_our_own_is_told_as_ours_and_no_breaker_counts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, number: int
) -> None:
    async def wanting(*_: object, **__: object) -> None:
        raise OSError(number, "wanting")

    async def story(town: Town) -> None:
        monkeypatch.setattr(town.machine, "connect", wanting)
        path = "/things/things" if method == "POST" else "/things/things/1"
        got = await town.ask(method, path, data=b"a" if method == "POST" else None)
        assert (got.status, got.problem, got.headers["Retry-After"]) == (503, "overloaded", "1")
        assert town.log()[-1].get("outcome", "not applied") == "not applied"
        [breaker] = town.proxy.state()["things"].breakers.values()
        assert (breaker["bad"], breaker["state"]) == (0, "closed")
        assert "wanting" in town.proxy.troubles["means"]
        await town.world.sleep(LASTS_S)
        assert town.proxy.troubles == {}

    play(tmp_path, [OK], story)


def test_no_attempt_is_made_without_time_for_it(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, int]:
        await town.world.sleep(1.0)
        got = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "1ms"})
        return got.problem, len(town.vendor.received)

    assert play(tmp_path, [OK], story) == ("deadline-exceeded", 0)


def test_the_time_that_it_takes_to_connect_is_part_of_the_calls_time(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, float]:
        town.world.network.line("93.184.216.34").delay_s = 0.3
        before = town.world.now()
        got = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "1s"})
        return got.problem, town.world.now() - before

    problem, took_s = play(tmp_path, ["hang"], story)
    assert problem == "deadline-exceeded"
    assert took_s == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("method", "path", "connections"),
    [
        pytest.param(
            "POST",
            "/things/shots",
            4,
            id="a write that nothing makes safe has its own, and one is ready",
        ),
        pytest.param("POST", "/things/things", 1, id="one under the vendor's key need not"),
        pytest.param("GET", "/things/things/1", 1, id="nor does a read"),
    ],
)
def test_a_write_that_must_not_be_repeated_does_not_race_with_the_end_of_a_kept_connection(
    tmp_path: Path, method: str, path: str, connections: int
) -> None:
    async def story(town: Town) -> int:
        made = counted_connections(town)
        for _ in range(3):
            assert (await town.ask(method, path, data=b"a" if method == "POST" else None)).status == 200
        return len(made)

    assert play(tmp_path, [OK], story) == connections


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_the_apps_to_follow_and_no_credential_goes_to_where_it_leads(tmp_path: Path, status: int) -> None:
    async def story(town: Town) -> tuple[int, str, int]:
        got = await town.ask("GET", "/things/things/1")
        return got.status, got.headers["Location"], len(town.vendor.received)

    away: Step = (status, {"Location": "http://evil.example/collect", "Retry-After": "1"}, b"")
    assert play(tmp_path, [away, OK], story) == (status, "http://evil.example/collect", 1)


def test_a_retry_does_not_take_the_next_connection_that_may_have_died_too(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, int]:
        await both(*(town.ask("GET", f"/things/things/{n}") for n in range(3)))
        made = counted_connections(town)
        got = await town.ask("GET", "/things/things/9")
        return got.status, len(made)

    async def slow(_seen: Seen) -> tuple[int, dict[str, str], bytes]:
        await RealWorld().sleep(0.1)
        return 200, {}, b"{}"

    status, connections = play(tmp_path, [slow, slow, slow, "reset", OK], story)
    assert (status, connections >= 1) == (200, True)


def test_a_body_that_cannot_be_sent_again_does_not_take_a_connection_that_was_used(tmp_path: Path) -> None:
    async def slowly(town: Town, pieces: int) -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield bytes(1024)
            await town.world.sleep(0.01)

    async def story(town: Town) -> list[int]:
        made, counts = counted_connections(town), list[int]()
        for pieces in (1, 4, 1):
            data: Any = slowly(town, pieces)
            assert (await town.ask("PUT", "/things/things/1", data=data)).status == 200
            counts.append(len(made))
        return counts

    # The one for the large body, and a spare for the next.
    assert play(tmp_path, [OK], story, config={"body_kept_bytes": 2048}) == [1, 3, 3]


def test_a_connection_is_kept_again_some_seconds_after_another_that_had_waited_was_lost(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        made, counts = counted_connections(town), list[int]()
        for pause_s in (0.0, 1.0, 1.0, DISTRUST_S, 1.0):
            await town.world.sleep(pause_s)
            assert (await town.ask("GET", "/things/things/1")).status == 200
            counts.append(len(made))
        return counts

    assert play(tmp_path, [OK, "reset", OK], story)[1:] == [3, 4, 4, 4]


@pytest.mark.parametrize(("connections", "count"), [("fresh", 4), ("reuse", 1)])
def test_a_vendor_file_may_let_such_a_write_take_a_connection_that_was_used_just_now(
    tmp_path: Path, connections: str, count: int
) -> None:
    async def story(town: Town) -> int:
        made = counted_connections(town)
        for _ in range(3):
            assert (await town.ask("POST", "/things/shots", data=b"a")).status == 200
        return len(made)

    facts = VENDOR["facts"] | {"connections": connections}
    assert play(tmp_path, [OK], story, facts=facts) == count


@pytest.mark.parametrize("length", ["Content-Length: 2", "Transfer-Encoding: chunked"])
def test_an_answer_without_a_date_gets_that_of_its_arrival(tmp_path: Path, length: str) -> None:
    body = "2\r\nok\r\n0\r\n\r\n" if "chunked" in length else "ok"

    async def story(town: Town) -> bool:
        answer = await town.ask("GET", "/things/things/1", headers={"Authorization": "Bearer t"})
        age_s = town.world.wall() - (parse_date(answer.headers["Date"]) or 0.0)
        return answer.body == b"ok" and 0.0 <= age_s < 2.0

    assert play(tmp_path, [f"HTTP/1.1 200 OK\r\n{length}\r\n\r\n{body}".encode()], story)
