"""Residency through the whole proxy: what the vendor gets, what the app is told, and what is in log and metrics."""

import base64
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.stages.test_defer import deferring, ended, post
from tests.proxy.town import APPS, VENDOR, Town, by, play

KEY = base64.b64encode(bytes(range(32))).decode()
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EU_TO_UK = [{"id": "eu-uk", "home": ["eu"], "to": ["uk"], "data": "personal"}]
EU_TO_UK_OTHER = [{"id": "eu-uk-other", "home": ["eu"], "to": ["uk"], "data": "other"}]
MAIL = "ada@example.org"


def resident(rules: Any, changes: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    """The town's vendor in the UK, and apps in the EU, with these rules."""
    changes = changes or {}
    facts = {**VENDOR["facts"], "region": "uk", **changes.get("facts", {})}
    written = {"region": "eu", **config} | ({"residency": rules} if rules is not None else {})
    return {**changes, "facts": facts, "config": {**written, **changes.get("config", {})}, "environ": {"TOKENS": KEY}}


def marked(otherwise: str | None, *may_leave: str, **data: Any) -> dict[str, Any]:
    """The vendor file with /email and /name marked, and this done with them."""
    block: dict[str, Any] = {"may_leave": [*may_leave], **data}
    if otherwise is not None:
        block["otherwise"] = otherwise
    if otherwise == "tokenise":
        block["token_key"] = "env:TOKENS"
    facts = {"personal_data": ["/email", "/name"]}
    return {"facts": facts, "policy": {**VENDOR["policy"], "data": block}}


def sent(folder: Path, changes: dict[str, Any], *asked: tuple[str, dict[str, str], bytes]) -> Any:
    """What became of writes: status, problem, and the path and body that the vendor got."""

    async def story(town: Town) -> Any:
        ends = []
        for path, headers, body in asked:
            before = len(town.vendor.received)
            answer = await town.ask("POST", path, headers=headers, data=body)
            got = town.vendor.received[before:]
            ends.append((answer.status, answer.problem, *[(seen.path, seen.body) for seen in got]))
        return ends

    return play(folder, [200], story, **changes)


def test_a_call_to_a_region_that_no_rule_names_is_refused_and_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        answer = await town.ask("GET", "/things/things", headers={"Accept": "application/problem+json"})
        return answer, town.log(), len(town.vendor.received), dict(town.proxy.parts.residency.counts)

    answer, log, received, counts = play(tmp_path, [200], story, **resident([]))
    assert (answer.status, answer.problem, received) == (403, "residency-denied", 0)
    assert json.loads(answer.body)["detail"] == "This request may not go from eu to things in uk (rule no-rule)."
    assert log[-1]["residency"] == {"rule": "no-rule", "fate": "refuse", "home": "eu", "region": "uk"}
    assert counts == {("call", "things", "no-rule", "refuse"): 1}


def test_what_a_rule_lets_go_is_sent_under_its_id(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await town.ask("GET", "/things/things")
        town.proxy.telemetry.flush()
        return town.log()[-1]["residency"], town.proxy.telemetry.metrics.render().decode()

    shown, metrics = play(tmp_path, [200], story, **resident(EU_TO_UK_OTHER))
    assert shown == {"rule": "eu-uk-other", "fate": "send", "home": "eu", "region": "uk"}
    assert 'tidegate_residency_total{fate="send",receiver="things",rule="eu-uk-other",way="call"} 1.0' in metrics


def test_a_region_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    """The vendor's own file names its host; another address is unknown until tidegate.yaml says where it is."""

    async def story(town: Town) -> Any:
        answer = await town.ask("GET", "/things/things")
        return answer.problem, town.log()[-1].get("residency", {}).get("rule")

    elsewhere = {"base_url": "http://elsewhere.example/api"}
    everything = [{"id": "all", "home": ["*"], "to": ["*"], "data": "personal"}]
    unknown = resident(everything, use={"things": elsewhere})
    known = resident(everything, use={"things": elsewhere | {"region": "uk"}})
    homeless = resident(everything, region=None)
    for number, (changes, rule) in enumerate([(unknown, "region-unknown"), (known, "all"), (homeless, "home-unknown")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        problem = "" if rule == "all" else "residency-denied"
        assert play(folder, [200], story, **changes) == (problem, rule)


def test_each_app_has_its_own_region(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        return [(await town.ask("GET", "/things/things", headers=by(app))).status for app in ("shop", "desk")]

    rules = [{"id": "us", "home": ["us"], "to": ["uk"], "data": "other"}]
    changes = resident(rules, tokens=APPS, apps={"desk": {"region": "us"}})
    assert play(tmp_path, [200], story, **changes) == [403, 200]


def test_a_marked_field_is_refused_dropped_or_tokenised_in_body_and_query(tmp_path: Path) -> None:
    body = json.dumps({"email": MAIL, "name": "Ada", "n": 1}).encode()
    asked = ("/things/things?email=ada%40example.org&x=1", JSON, body)
    ends = {}
    for otherwise in ("refuse", "drop", "tokenise"):
        folder = tmp_path / otherwise
        folder.mkdir()
        [ends[otherwise]] = sent(folder, resident(None, marked(otherwise, "/name")), asked)
    assert ends["refuse"] == (403, "residency-denied")
    assert ends["drop"] == (200, "", ("/api/things?x=1", b'{"name":"Ada","n":1}'))
    status, problem, (path, got) = ends["tokenise"]
    assert (status, problem) == (200, "")
    assert MAIL.encode() not in got
    assert "ada" not in path
    assert json.loads(got)["name"] == "Ada"
    assert json.loads(got)["email"].endswith("@example.com")


def test_framing_follows_from_what_is_sent(tmp_path: Path) -> None:
    """The content is another: its length is its own, and nothing speaks any more of the bytes that came."""

    async def story(town: Town) -> Any:
        body = gzip.compress(json.dumps({"email": MAIL, "n": "x" * 500}).encode())
        headers = JSON | {"Content-Encoding": "gzip", "Content-Digest": "sha-256=:AAAA:"}
        await town.ask("POST", "/things/things", headers=headers, data=body)
        [seen] = town.vendor.received
        return {name.lower() for name in seen.headers}, seen.headers["Content-Length"], seen.body

    names, length, body = play(tmp_path, [200], story, **resident(None, marked("drop")))
    assert not names & {"content-encoding", "content-digest", "transfer-encoding"}
    assert (int(length), json.loads(body)) == (len(body), {"n": "x" * 500})


@pytest.mark.parametrize(
    ("headers", "body", "rule"),
    [
        (JSON, b'{"email": "a@b.de"', "unreadable"),
        (JSON, b'{"a": {"email": 1}, "a": {}}', "unreadable"),
        (JSON | {"Content-Encoding": "gzip"}, b"not gzip", "unreadable"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x", "unreadable"),
        (JSON, b"[" * 5000, "unreadable"),
        (JSON, b'{"email": 7}', "no-token"),
    ],
)
def test_what_cannot_be_read_is_refused_where_a_rule_needs_it(
    tmp_path: Path, headers: dict[str, str], body: bytes, rule: str
) -> None:
    async def story(town: Town) -> Any:
        answer = await town.ask("POST", "/things/things", headers=headers, data=body)
        return answer.status, town.log()[-1]["residency"]["rule"], len(town.vendor.received)

    assert play(tmp_path, [200], story, **resident(None, marked("tokenise"))) == (403, rule, 0)


def test_a_stream_is_refused_where_a_rule_needs_its_content_and_passes_where_none_does(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        async def slowly() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b" " * 500
                await town.world.sleep(0.1)

        headers = JSON | {"Authorization": "Bearer app-token"}
        async with town.session.post(f"{town.url}/things/things", headers=headers, data=slowly()) as answer:
            await town.world.sleep(1.0)
            return answer.status, *(line["residency"]["rule"] for line in town.log() if "residency" in line)

    kept = {"config": {"body_kept_bytes": 1000}}
    needs = resident(None, marked("drop") | kept)
    free = resident(EU_TO_UK, marked("drop", "/email", "/name") | kept)
    for name, changes, end in (("needs", needs, (403, "not-kept")), ("free", free, (200, "eu-uk"))):
        folder = tmp_path / name
        folder.mkdir()
        assert play(folder, [200], story, **changes) == end


def test_an_operation_may_have_a_policy_of_its_own(tmp_path: Path) -> None:
    own = {"PostShots": {"idempotency": "never-resend", "data": {"may_leave": ["/email", "/name"]}}}
    changes = marked("refuse") | {"operations": {**VENDOR["operations"], **own}}
    body = json.dumps({"email": MAIL}).encode()
    ends = sent(tmp_path, resident(None, changes), ("/things/things", JSON, body), ("/things/shots", JSON, body))
    assert ends == [(403, "residency-denied"), (200, "", ("/api/shots", body))]


def test_what_is_deferred_is_stored_as_it_may_leave_and_a_token_stays_the_same(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        body = json.dumps({"email": MAIL}).encode()
        await ended(town, await post(town, body))
        stored = MAIL.encode().hex().encode() in town.world.disk.written().lower()
        await ended(town, await post(town, town.vendor.received[0].body))
        return stored, [seen.body for seen in town.vendor.received]

    changes = marked("tokenise") | deferring("always")
    stored, (first, second) = play(tmp_path, [200], story, **resident(None, changes))
    assert not stored
    assert first == second
    assert MAIL.encode() not in first


def test_a_vendor_without_rules_keeps_its_pipelines(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await town.ask("GET", "/things/things")
        return "residency" in town.log()[-1], dict(town.proxy.parts.residency.counts)

    assert play(tmp_path, [200], story) == (False, {})


def test_an_app_that_may_gets_back_what_it_sent_and_another_gets_the_token(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Any, Any, bytes]:
        body = json.dumps({"email": MAIL, "name": 'Ada "L"'}).encode()
        await town.ask("POST", "/things/things", headers=by("shop", Content_Type="application/json"), data=body)
        seen = town.vendor.received[-1].body
        packed = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Content-MD5": "x"}
        town.vendor.script = [(200, packed, gzip.compress(seen))]
        shop, desk = [await town.ask("GET", "/things/things", headers=by(app)) for app in ("shop", "desk")]
        return shop, desk, seen

    changes = marked("tokenise", reversible=["/name", "/email"], restore=["eu"])
    config = {"tokens": APPS, "apps": {"desk": {"region": "us"}}}
    shop, desk, seen = play(tmp_path, [200], story, **resident(None, changes, **config))
    assert b"Ada" not in seen
    assert json.loads(shop.body) == {"email": MAIL, "name": 'Ada "L"'}
    assert "Content-MD5" not in shop.headers
    assert json.loads(gzip.decompress(desk.body)) == json.loads(seen)
