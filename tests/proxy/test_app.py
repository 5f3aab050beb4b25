"""The whole proxy, from an app's request to the vendor and back."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import SECRET, VENDOR, Answer, Step, Town, play
from tidegate.proxy.policies.resilience.deadline import parse_timeout

OK = (200, {"Content-Type": "application/json", "X-Vendor": "yes"}, b'{"id": 1}')
POLICY = VENDOR["policy"] | {"breaker": {"mode": "report"}}


def test_a_vendors_answer_passes_unchanged_with_what_happened_beside_it(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        return await town.ask("GET", "/things/things/1?expand=a&b=%2F")

    got = play(tmp_path, [OK], story)
    assert (got.status, got.body, got.headers["X-Vendor"]) == (200, b'{"id": 1}', "yes")
    assert got.headers["Tidegate-Attempts"] == "1"
    assert got.headers["Proxy-Status"] == "tidegate; received-status=200"
    assert len(got.headers["Tidegate-Call"]) == 24


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "problem"),
    [
        pytest.param("GET", "/nobody/x", {}, 404, "not-found", id="an unknown vendor"),
        pytest.param("GET", "/", {}, 404, "not-found", id="no vendor"),
        pytest.param("GET", "/things.x", {}, 404, "not-found", id="the beginning of a name"),
        pytest.param("GET", "/things/a%2F..%2Fb", {}, 400, "bad-request", id="an encoded dot segment"),
        pytest.param("GET", "/things/a%00", {}, 400, "bad-request", id="an encoded control character"),
        pytest.param("BREW", "/things/things", {}, 501, "bad-request", id="a method nobody knows"),
        pytest.param("TRACE", "/things/things", {}, 501, "bad-request", id="a trace, which would show the secret"),
        pytest.param("GET", "/things/things", {"Authorization": ""}, 401, "app-unauthorized", id="no token"),
        pytest.param("GET", "/things/things", {"Tidegate-Timeout": "soon"}, 400, "bad-request", id="a bad timeout"),
        pytest.param("POST", "/things/things", {"Idempotency-Key": "k" * 300}, 400, "bad-request", id="a long key"),
        pytest.param("GET", "/_tidegate/calls/none", {}, 404, "not-found", id="an unknown call"),
        pytest.param("POST", "/_tidegate/calls/none", {}, 400, "bad-request", id="writing to a call"),
    ],
)
def test_a_request_that_cannot_be_passed_on_is_told_why(
    tmp_path: Path, method: str, path: str, headers: dict[str, str], status: int, problem: str
) -> None:
    async def story(town: Town) -> Answer:
        got = await town.ask(method, path, headers=headers)
        assert town.vendor.received == []
        assert town.log()[-1]["problem"] == problem
        return got

    got = play(tmp_path, [OK], story)
    assert (got.status, got.problem) == (status, problem)


def test_who_asks_for_problem_json_gets_it(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        return await town.ask("GET", "/things/things/1", headers={"Accept": "application/problem+json"})

    got = play(tmp_path, [401], story)
    document = json.loads(got.body)
    assert got.headers["Content-Type"] == "application/problem+json"
    assert (got.status, document["status"]) == (502, 502)
    assert document["type"].endswith("/credential-rejected")
    assert document["call"] == got.headers["Tidegate-Call"]


def test_our_refusals_wear_the_vendors_envelope_and_say_stop(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        return await town.ask("GET", "/things/things/1")

    got = play(tmp_path, [401], story)
    assert json.loads(got.body)["error"]["code"] == "credential-rejected"
    assert got.headers["Things-Should-Retry"] == "false"


def test_the_vendors_own_addresses_lead_back_to_the_gateway(tmp_path: Path) -> None:
    answer = (201, {"Location": "http://things.example/api/things/7", "Link": "<http://things.example/api/x>"}, b"")

    async def story(town: Town) -> tuple[Answer, int]:
        return await town.ask("POST", "/things/things", data=b"a"), town.proxy.port

    got, port = play(tmp_path, [answer], story)
    assert got.headers["Location"] == f"http://127.0.0.1:{port}/things/things/7"
    assert got.headers["Link"] == f"<http://127.0.0.1:{port}/things/x>"


@pytest.mark.parametrize(
    ("base", "target", "asked"),
    [
        ("http://things.example/api", "/things", "/api"),
        ("http://things.example/api", "/things?page=2&at=/x", "/api?page=2&at=/x"),
        ("http://things.example/api/", "/things/", "/api/"),
        ("http://things.example", "/things?page=2", "/?page=2"),
        ("http://things.example/", "/things", "/"),
    ],
)
def test_the_vendors_own_base_is_asked_for_where_its_addresses_lead_to_it(
    tmp_path: Path, base: str, target: str, asked: str
) -> None:
    there = f"{base.rstrip('/')}{target.removeprefix('/things')}"

    async def story(town: Town) -> tuple[str, str]:
        got = await town.ask("GET", target)
        return town.vendor.received[0].path, got.headers["Link"].partition(f":{town.proxy.port}")[2]

    facts = VENDOR["facts"] | {"base_url": base}
    answer = (200, {"Link": f"<{there}>"}, b"")
    assert play(tmp_path, [answer], story, facts=facts) == (asked, f"{target}>")


def test_an_operation_that_is_not_in_the_document_passes_once_and_is_not_resent(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        got = await town.ask("POST", "/things/secret/door", data=b"a")
        assert len(town.vendor.received) == 1
        assert town.log()[-1]["operation"] == "unlisted"
        return got

    assert play(tmp_path, ["reset"], story).problem == "outcome-unknown"


@pytest.mark.parametrize(
    ("method", "sent"),
    [
        pytest.param("QUERY", 2, id="a read with a content"),
        pytest.param("PROPFIND", 2, id="a read of WebDAV's"),
        pytest.param("PURGE", 1, id="a method that nobody has registered"),
        pytest.param("M-SEARCH", 1, id="one with a hyphen"),
    ],
)
def test_other_methods_are_carried_and_only_reads_are_sent_again(tmp_path: Path, method: str, sent: int) -> None:
    async def story(town: Town) -> list[tuple[str, bytes]]:
        await town.ask(method, "/things/things", data=b"a")
        return [(one.method, one.body) for one in town.vendor.received]

    assert play(tmp_path, ["reset", OK], story, policy=POLICY) == [(method, b"a")] * sent


def test_unlisted_operations_are_refused_where_the_policy_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        got = await town.ask("GET", "/things/secret/door")
        assert town.vendor.received == []
        return got

    got = play(tmp_path, [OK], story, policy=VENDOR["policy"] | {"unlisted": "refuse"})
    assert (got.status, got.problem) == (403, "egress-denied")


def test_unlisted_operations_pass_and_are_counted_in_report_mode(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, dict[tuple[str, str], int]]:
        status = (await town.ask("GET", "/things/secret/door")).status
        return status, dict(town.proxy.upstreams["things"].reports.counts)

    policy = VENDOR["policy"] | {"unlisted": "report"}
    assert play(tmp_path, [OK], story, policy=policy) == (200, {("unlisted", "not in the document"): 1})


def test_what_is_left_of_the_calls_time_is_told_where_it_was_needed(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str | None]:
        asked = {"Tidegate-Timeout": "10s"}
        plain = await town.ask("GET", "/things/things/1", headers=asked)
        retried = await town.ask("GET", "/things/things/1", headers=asked)
        refused = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "1s"})
        return [answer.headers.get("Tidegate-Remaining") for answer in (plain, retried, refused)]

    once: Step = (503, {"Retry-After": "1"}, b"{}")
    plain, retried, refused = play(tmp_path, [OK, once, OK, "hang"], story, policy=POLICY)
    assert plain is None
    assert retried is not None
    assert 7.0 < parse_timeout(retried) < 9.1  # type: ignore[operator]  # not None: what is told can be handed on
    assert refused == "0.000s"


def test_an_sdks_own_retry_is_noticed(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str | None]:
        for data in (b"a", b"a", b"b"):
            await town.ask("POST", "/things/shots", data=data)
        lines = town.log()
        return ["first" if line.get("repeats") == lines[0]["call"] else line.get("repeats") for line in lines]

    assert play(tmp_path, [500], story) == [None, "first", None]


def test_what_became_of_a_call_can_be_asked_by_the_app_that_made_it(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[dict[str, Any], Answer]:
        lost = await town.ask("POST", "/things/shots", data=b"a")
        link = lost.headers["Link"].partition(">")[0].lstrip("<")
        return json.loads((await town.ask("GET", link)).body), lost

    told, lost = play(tmp_path, ["reset"], story)
    assert lost.problem == "outcome-unknown"
    assert (told["call"], told["outcome"], told["operation"]) == (lost.headers["Tidegate-Call"], "unknown", "PostShots")


def test_while_draining_calls_finish_and_new_ones_get_503(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer, bool]:
        slow = asyncio.ensure_future(town.ask("GET", "/things/things/1"))
        await town.world.sleep(0.5)
        draining = asyncio.ensure_future(town.proxy.drain(10.0))
        await town.world.sleep(0.1)
        late = await town.ask("GET", "/things/things/2")
        return await slow, late, await draining

    slow, late, drained = play(tmp_path, ["hang", OK], story)
    assert (late.status, late.problem, late.headers["Connection"]) == (503, "overloaded", "close")
    assert slow.status in {200, 504}
    assert drained


def test_a_drain_that_takes_too_long_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> bool:
        slow = asyncio.ensure_future(town.ask("GET", "/things/things/1"))
        await town.world.sleep(0.5)
        in_time = await town.proxy.drain(0.1)
        await slow
        return in_time

    assert play(tmp_path, ["hang"], story) is False


def test_a_bug_in_a_stage_is_our_error_and_is_logged_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(town: Town) -> Answer:
        def broken(_: object) -> bytes:
            raise RuntimeError(f"the key is {SECRET}")

        monkeypatch.setattr(town.proxy.upstreams["things"], "request_head", broken)
        got = await town.ask("GET", "/things/things/1")
        text = b"".join(town.lines).decode()
        assert "RuntimeError" in text
        assert SECRET not in text
        return got

    got = play(tmp_path, [OK], story)
    assert (got.status, got.problem) == (500, "internal-error")


def test_a_bug_while_an_answer_is_written_is_our_error_and_is_logged_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(town: Town) -> Answer:
        def broken(*_: object) -> bytes:
            raise RuntimeError(f"the key is {SECRET}")

        monkeypatch.setattr(town.proxy._service.writer, "reply", broken)
        got = await town.ask("GET", "/things/things/1")
        text = b"".join(town.lines).decode()
        assert '"bug":"RuntimeError"' in text
        assert SECRET not in text
        return got

    got = play(tmp_path, [OK], story)
    assert (got.status, got.problem) == (500, "internal-error")


def test_no_secret_is_in_any_line_of_the_log(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        for path in ("/things/things/1?key=app-token", "/things/shots"):
            await town.ask("POST" if "shots" in path else "GET", path, data=SECRET.encode())
        town.log()
        return b"".join(town.lines).decode()

    text = play(tmp_path, ["reset"], story)
    assert "app-token" not in text
    assert SECRET not in text
