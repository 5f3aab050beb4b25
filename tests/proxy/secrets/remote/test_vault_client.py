"""Tests of tidegate.proxy.secrets.remote.vault_client, against a server of bytes; test_vault_source has a real one."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.certificates import certificate
from tests.serving import listening, serving
from tidegate.problems import UsageError
from tidegate.proxy.secrets.remote.vault_client import ANSWER_BYTES_MAX, WHY_CHARS_MAX, VaultAnswer, VaultClient
from tidegate.proxy.secrets.secret_source import SourceAway
from tidegate.proxy.settings.secret_settings import VaultSettings
from tidegate.world.world import RealWorld

REQUESTS: list[dict[str, Any]] = []


def client(address: str, **settings: Any) -> VaultClient:
    content = {"address": address, "auth": "token", "token": "env:T", "timeout": "30s", **settings}
    return VaultClient(RealWorld(), VaultSettings.model_validate(content))


@asynccontextmanager
async def answering(status: int, body: bytes, **headers: str) -> AsyncIterator[str]:
    async def answer(request: web.BaseRequest) -> web.Response:
        REQUESTS.append({"path": request.raw_path, "headers": dict(request.headers), "body": await request.read()})
        return web.Response(status=status, body=body, headers=headers)

    async with listening(web.Server(answer)) as port:
        yield f"http://127.0.0.1:{port}"


async def asked(address: str, **settings: Any) -> VaultAnswer:
    of = client(address, **settings)
    try:
        return await of.ask("POST", "auth/x y/login", "s.token", {"role": "r"})
    finally:
        await of.close()


async def test_a_request_is_json_with_token_and_namespace_under_the_servers_path() -> None:
    async with answering(200, b'{"auth": {"client_token": "t"}}') as address:
        answer = await asked(f"{address}/behind", namespace="team/a")
    assert answer.block("auth") == {"client_token": "t"}
    assert answer.block("nothing") == {}
    seen = REQUESTS.pop()
    assert seen["path"] == "/behind/v1/auth/x%20y/login"
    assert json.loads(seen["body"]) == {"role": "r"}
    assert seen["headers"]["X-Vault-Token"] == "s.token"
    assert seen["headers"]["X-Vault-Namespace"] == "team/a"
    assert seen["headers"]["X-Vault-Request"] == "true"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"errors": 7}', b"[" * 100_000])
async def test_what_is_no_document_is_an_empty_one(body: bytes) -> None:
    async with answering(502, body) as address:
        answer = await asked(address)
    assert (answer.status, answer.why, answer.block("auth")) == (502, "", {})


async def test_the_servers_own_words_are_repeated_in_short_and_on_one_line() -> None:
    async with answering(400, json.dumps({"errors": ["one\nline", "x" * 1000]}).encode()) as address:
        answer = await asked(address)
    assert answer.why.startswith("one line; xxx")
    assert len(answer.why) == WHY_CHARS_MAX


async def test_an_answer_has_a_bound() -> None:
    async with answering(200, b" " * (ANSWER_BYTES_MAX + 1)) as address:
        with pytest.raises(SourceAway, match=f"more than {ANSWER_BYTES_MAX} bytes"):
            await asked(address)


async def test_a_redirect_is_not_followed() -> None:
    async with answering(307, b"", Location="http://127.0.0.1:1/") as address:
        assert (await asked(address)).status == 307


async def test_a_server_that_never_answers_is_away_after_the_timeout() -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with serving(silent) as port:
        with pytest.raises(SourceAway, match="does not answer"):
            await asked(f"http://127.0.0.1:{port}", timeout="100ms")


@pytest.mark.parametrize("token", ["a\r\nX-Injected: 1", "schlüssel"])
async def test_a_token_that_cannot_stand_in_a_header_is_not_sent(token: str) -> None:
    of = client("http://127.0.0.1:1")
    with pytest.raises(SourceAway, match="our token cannot be sent: the secret holds a line break"):
        await of.ask("GET", "x", token)
    await of.close()


async def test_tls_trusts_the_file_that_is_named(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    pem = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, tmp_path / "key.pem")
    async with serving(answer, context) as port:
        address = f"https://127.0.0.1:{port}"
        assert (await asked(address, ca=pem)).status == 204
        with pytest.raises(SourceAway, match="does not answer"):
            await asked(address)


def test_a_file_of_cas_that_is_none_is_told_with_its_key(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nonsense")
    with pytest.raises(UsageError, match=r"secrets\.vault\.ca: .*ca\.pem: this is not a file of CA certificates"):
        client("https://127.0.0.1:1", ca=tmp_path / "ca.pem")
