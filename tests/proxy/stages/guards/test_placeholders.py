"""An app holds `tg_…`; the vendor gets the secret; nobody else sees it, and nothing that is stored holds it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import APPS, VENDOR, Answer, Seen, Step, Town, by, play
from tidegate.proxy.app_config import PlaceholderUse
from tidegate.redaction.spellings import spellings

KEY = "pk_live_of+the/partner="
PLACES = {"headers": ["X-Partner-Key"], "query": ["key"], "fields": ["/to/key"], "form": ["key"]}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BODY = b'{"to": {"key": "tg_partner"}, "amount": 1.10}'
FULL = BODY.replace(b"tg_partner", KEY.encode())


def settings(operations: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The town with one placeholder, which only the app `shop` may use."""
    use = {"secret": "env:PARTNER_KEY", "apps": ["shop"], "hosts": ["things.example"]} | changes.pop("use", {})
    granted = PlaceholderUse.model_validate_json(json.dumps(use))
    return {
        "environ": {"PARTNER_KEY": KEY},
        "config": {"tokens": APPS, "placeholders": {"partner": granted}, **changes},
        "policy": VENDOR["policy"] | {"placeholders": PLACES},
        "operations": VENDOR["operations"] | (operations or {}),
    }


def asked(
    folder: Path, requests: Sequence[tuple[Any, ...]], script: Sequence[Step] = (200,), **changes: Any
) -> tuple[list[Answer], list[Seen], bytes]:
    """The answers to requests (method, path, body, headers), what the vendor got, and what is on disk or in the log."""

    async def story(town: Town) -> tuple[list[Answer], list[Seen]]:
        answers = [
            await town.ask(method, path, data=body or None, headers=by("shop") | headers)
            for method, path, body, headers in requests
        ]
        await town.world.sleep(120.0)
        town.proxy.telemetry.flush()
        kept.extend([*town.lines, town.world.disk.written()])
        return answers, town.vendor.received

    kept: list[bytes] = []
    answers, received = play(folder, script, story, **(changes or settings()))
    return answers, received, b"".join(kept)


def test_the_vendor_gets_the_secret_in_every_declared_place(tmp_path: Path) -> None:
    requests = [
        (
            "GET",
            "/things/things?key=tg_partner&q=tg_partner",
            b"",
            {"X-Partner-Key": "tg_partner", "X-Else": "tg_partner"},
        ),
        ("POST", "/things/things", BODY, JSON),
        ("POST", "/things/things", b"key=tg_partner&a=1", FORM),
    ]
    answers, received, _ = asked(tmp_path, requests)
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert received[0].path == "/api/things?key=pk_live_of%2Bthe%2Fpartner%3D&q=tg_partner"
    assert (received[0].headers["X-Partner-Key"], received[0].headers["X-Else"]) == (KEY, "tg_partner")
    assert received[1].body == FULL
    assert received[2].body == b"key=pk_live_of%2Bthe%2Fpartner%3D&a=1"


def test_nothing_that_is_stored_or_logged_holds_it_and_the_record_is_that_of_the_placeholder(tmp_path: Path) -> None:
    keyed = JSON | {"Idempotency-Key": "k"}
    echo: Step = (200, {"Content-Type": "application/json", "X-Echo": KEY}, FULL)
    answers, received, kept = asked(
        tmp_path, [("POST", "/things/things", BODY, keyed), ("POST", "/things/things", BODY, keyed)], [echo]
    )
    assert len(received) == 1
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    masked = b"[redacted]".ljust(len(KEY), b"*")
    for answer in answers:
        assert answer.body == FULL.replace(KEY.encode(), masked)
        assert answer.headers["X-Echo"] == masked.decode()
    assert not [text for text in spellings(KEY) if text.encode() in kept]


def test_what_is_carried_out_later_is_stored_with_its_placeholder_and_sent_with_its_secret(tmp_path: Path) -> None:
    deferred = {"PostThings": {"idempotency": "vendor-key", "defer": "always"}}
    answers, received, kept = asked(tmp_path, [("POST", "/things/things", BODY, JSON)], **settings(deferred))
    assert answers[0].status == 202
    assert [request.body for request in received] == [FULL]
    assert b"tg_partner".hex().upper().encode() in kept
    assert not [text for text in spellings(KEY) if text.encode() in kept]


def test_equal_reads_that_are_joined_have_it_too(tmp_path: Path) -> None:
    reads = {"GetThings": {"coalesce": "app", "cache": {"fresh": "10s"}}}
    _, received, _ = asked(
        tmp_path,
        [("GET", "/things/things?key=tg_partner", b"", {})] * 2,
        [(200, {"Cache-Control": "max-age=60"}, b"{}")],
        **settings(reads),
    )
    assert [request.path for request in received] == ["/api/things?key=pk_live_of%2Bthe%2Fpartner%3D"]


@pytest.mark.parametrize(
    ("path", "body", "headers", "where"),
    [
        ("/things/things?key=tg_other", b"", {}, "Query parameter key"),
        ("/things/things", b"", {"X-Partner-Key": "Token tg_other"}, "Header X-Partner-Key"),
        ("/things/things", b'{"to": {"key": "tg_other"}}', JSON, "Field /to/key"),
        ("/things/things", b"key=tg_other", FORM, "Form field key"),
        ("/things/things", BODY, JSON | by("desk"), "Field /to/key"),
        ("/things/things", b'{"to": {"key": "tg_shop"}}', JSON, "Field /to/key"),
    ],
)
@pytest.mark.parametrize("deferred", [False, True])
def test_one_that_is_unknown_or_anothers_is_refused_before_anything_leaves_or_is_kept(
    tmp_path: Path, path: str, body: bytes, headers: dict[str, str], where: str, *, deferred: bool
) -> None:
    changes = settings({"PostThings": {"idempotency": "vendor-key", "defer": "always"}} if deferred else None)
    asks_for_problem = {"Accept": "application/problem+json", "Idempotency-Key": "k"}
    (answer,), received, kept = asked(tmp_path, [("POST", path, body, headers | asks_for_problem)], **changes)
    assert (answer.status, answer.problem, received) == (403, "placeholder-refused", [])
    assert json.loads(answer.body)["detail"].startswith(f"{where}: ")
    assert b"tg_other" not in answer.body
    assert not [text for text in spellings("tg_other") if text.encode() in kept]


def test_a_host_that_was_not_named_does_not_get_it(tmp_path: Path) -> None:
    changes = settings(use={"hosts": ["things.example.org"]})
    (answer,), received, _ = asked(tmp_path, [("POST", "/things/things", BODY, JSON)], **changes)
    assert (answer.status, answer.problem, received) == (403, "placeholder-refused", [])


def test_a_body_that_is_passed_on_as_it_comes_is_refused_where_it_would_have_to_be_read(tmp_path: Path) -> None:
    large = b'{"to": {"key": "tg_partner"}, "x": "' + b"x" * 500_000 + b'"}'
    changes = settings(body_kept_bytes=1000)
    answers, received, _ = asked(tmp_path, [("POST", "/things/things", large, JSON)], **changes)
    assert (answers[0].status, answers[0].problem, received) == (413, "bad-request", [])


def test_an_operation_may_have_places_of_its_own_or_none(tmp_path: Path) -> None:
    changes = settings({"PostShots": {"idempotency": "never-resend", "placeholders": {"headers": ["X-Shot"]}}})
    _, received, _ = asked(tmp_path, [("POST", "/things/shots", BODY, JSON | {"X-Shot": "tg_partner"})], **changes)
    assert (received[0].headers["X-Shot"], received[0].body) == (KEY, BODY)
