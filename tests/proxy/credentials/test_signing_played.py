"""Every scheme through the real proxy against the real simulator, which verifies it with code of its own."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.credentials.signing.test_message_signature import KEYS
from tests.proxy.credentials.token_town import TokenTown, play
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.trouble.vendor_fault import VendorFault

BASE = {"secret": "env:THINGS_KEY", "rotate_every": "90d", "scopes": "things"}
HMAC = {
    "text": "{method}\n{url}\n{timestamp}\n{nonce}\n{body_digest}",
    "timestamp_header": "X-Time",
    "nonce_header": "X-Nonce",
    "header": "X-Sign",
}
SCHEMES: dict[str, tuple[dict[str, Any], str]] = {
    "query": ({"scheme": "query", "parameter": "api_key"}, "s3cret & more"),
    "body": ({"scheme": "body", "field": "/api_key"}, "s3cret & more"),
    "hmac": ({"scheme": "hmac", "hmac": HMAC}, "s3cret"),
    "message-signature": (
        {"scheme": "message-signature", "message_signature": {"algorithm": "ed25519", "key_id": "k1"}},
        KEYS["ed25519"],
    ),
    "aws-sigv4": ({"scheme": "aws-sigv4", "aws": {"service": "execute-api", "region": "eu-west-1"}}, "AKID:s3cret"),
}
JSON = {"Content-Type": "application/json"}
READS = {"defer": {"when": "never", "prefer": "ignore", "unknown": "leave"}}


def played(folder: Path, scheme: str, story: Any, environ: dict[str, str] | None = None, **changes: Any) -> Any:
    auth, secret = SCHEMES[scheme]
    return play(folder, story, auth={**BASE, **auth}, environ={"THINGS_KEY": secret, **(environ or {})}, **changes)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_vendor_takes_it_again_and_again(tmp_path: Path, scheme: str) -> None:
    async def story(town: TokenTown) -> list[tuple[int, str]]:
        body = json.dumps({"name": "a", "api_key": "the app's own"}).encode()
        headers = {**JSON, "X-Sign": "the app's own", "X-Amz-Date": "the app's own", "Signature": "the app's own"}
        for path in ("/things/things?api_key=app&q=%2Fa+b", "/things/things"):
            await town.request("POST", path, headers=headers, body=body)
        return [(entry.status, entry.refused) for entry in town.entries()]

    assert played(tmp_path, scheme, story) == [(200, "")] * 2


@pytest.mark.parametrize("scheme", [scheme for scheme in SCHEMES if scheme != "body"])
def test_reads_are_signed_too(tmp_path: Path, scheme: str) -> None:
    async def story(town: TokenTown) -> list[int]:
        return [(await town.get(path)).status for path in ("/things/things?b=2&a=1", "/things/things")]

    assert played(tmp_path, scheme, story) == [200, 200]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_attempt_is_signed_anew(tmp_path: Path, scheme: str) -> None:
    """The vendor takes a nonce once: a retry that repeated one would be refused."""

    async def story(town: TokenTown) -> tuple[int, list[int]]:
        fail_once(town)
        got = await town.request("POST", "/things/things", headers={**JSON, "Idempotency-Key": "k"}, body=b"{}")
        return got.status, [entry.status for entry in town.entries()]

    assert played(tmp_path, scheme, story) == (200, [503, 200])


def fail_once(town: TokenTown) -> None:
    """The next request is answered 503, once it was let in."""
    faults = parse_faults([{"kind": "error", "status": 503, "first_n": 1}], VendorFault)
    town.simulator._parts.faults.arm(faults, 0.0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_secret_reaches_the_app_or_the_log(tmp_path: Path, scheme: str) -> None:
    secret = SCHEMES[scheme][1].partition(":")[2] or SCHEMES[scheme][1]

    async def story(town: TokenTown) -> bytes:
        answer = await town.request("POST", "/things/things?x=1", headers=JSON, body=b"{}")
        town.log()
        return b"".join(town.lines) + answer.body + repr(dict(answer.headers)).encode()

    assert secret.splitlines()[-1 if "\n" not in secret else 1].encode() not in played(tmp_path, scheme, story)


def test_a_request_that_has_no_place_for_the_key_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, str, str, int]:
        got = await town.get()
        csv = await town.request("POST", "/things/things", headers={"Content-Type": "text/csv"}, body=b"a,b")
        return got.status, got.problem, csv.problem, len(town.entries())

    assert played(tmp_path, "body", story) == (400, "bad-request", "bad-request", 0)


@pytest.mark.parametrize(("scheme", "sent"), [("hmac", 0), ("message-signature", 0), ("body", 0), ("query", 1)])
def test_a_body_too_large_to_be_held_cannot_be_signed_and_can_go_beside_a_query(
    tmp_path: Path, scheme: str, sent: int
) -> None:
    async def story(town: TokenTown) -> tuple[int, int]:
        content = io.BytesIO(b'{"a": "' + b"a" * 3_000_000 + b'"}')
        headers = {**JSON, "Authorization": "Bearer app"}
        url = f"{town.url}/things/things"
        async with town.session.post(url, data=content, headers=headers) as answer:
            return answer.status, len([entry for entry in town.entries() if entry.refused[:3] != "no-"])

    status, reached = played(tmp_path, scheme, story)
    assert reached == sent
    assert status == 413, "ours where it cannot be signed, and the simulator's own bound where it can"


def test_reads_that_are_joined_are_signed_once_each(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[set[int], int]:
        answers = await asyncio.gather(*(town.get("/things/things/1") for _ in range(5)))
        return {answer.status for answer in answers}, len(town.entries())

    statuses, sent = played(tmp_path, "hmac", story, operations={"GetThing": {"coalesce": "credential"}})
    assert statuses == {200}
    assert sent == 1


def test_an_app_may_show_its_token_in_the_query_and_it_goes_no_further(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[list[tuple[int, str]], list[str], bytes]:
        got = []
        for query in ("api_key=tg_shop&q=1", "q=1&api_key=wrong", "q=1"):
            async with town.session.get(f"{town.url}/things/things?{query}") as answer:
                got.append((answer.status, answer.headers.get("Tidegate-Problem", "")))
        town.log()
        return got, [entry.path for entry in town.entries()], b"".join(town.lines)

    tokens = ({"app": "shop", "token": "env:SHOP_TOKEN"},)
    got, paths, log = played(tmp_path, "query", story, config={"tokens": tokens}, environ={"SHOP_TOKEN": "tg_shop"})
    assert got == [(200, ""), (401, "app-unauthorized"), (401, "app-unauthorized")]
    assert paths == ["/api/things?q=1&api_key=s3cret%20%26%20more"]
    assert b"tg_shop" not in log
