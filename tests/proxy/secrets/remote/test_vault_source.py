"""Tests of tidegate.proxy.secrets.remote.vault_source, against a real OpenBao and beside hvac, another client."""

import urllib.error
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import hvac
import pytest

from tests.proxy.secrets.remote.vault_reading import by_token, read
from tests.vault_server import ROOT_TOKEN, VaultServer, running
from tidegate.configfile.secret_references import parse_secret
from tidegate.proxy.secrets.secret_source import SecretFlaw, SourceAway

pytestmark = pytest.mark.slow


async def test_the_fields_of_a_path_are_read_at_one_version(vault: VaultServer) -> None:
    before = datetime.now(UTC).timestamp()  # noqa: TID251 - the server's clock is the machine's
    vault.put("pair", user="u1", password="p1")
    vault.put("pair", user="u2", password="p2")
    async with by_token(vault) as of:
        assert await read(of, "vault:secret/pair#user", "vault:secret/pair#password") == ["u2", "p2"]
        ref = parse_secret("vault:secret/pair#user")
        sourced = (await of.read("vault:secret/pair", (ref,)))[ref]
    assert sourced.mark == "version 2"
    assert sourced.created_wall is not None
    assert before - 5 <= sourced.created_wall
    client = hvac.Client(url=vault.url, token=ROOT_TOKEN)
    assert client.secrets.kv.v2.read_secret("pair", raise_on_deleted_version=True)["data"]["data"]["user"] == "u2"


async def test_a_name_is_sent_as_it_is(vault: VaultServer) -> None:
    vault.put(quote("deep/er/w%20ird"), key="k")
    async with by_token(vault) as of:
        assert await read(of, "vault:secret/deep/er/w%20ird#key") == ["k"]


@pytest.mark.parametrize(
    ("written", "why"),
    [("vault:secret/none#key", "without `data/`"), ("vault:secret/pair2#other", "no field of this name"),
     ("vault:secret/pair2#number", "the field is no text"), ("vault:secret/pair2#empty", "the secret is empty")],
)  # fmt: skip
async def test_what_is_not_there_is_a_flaw(vault: VaultServer, written: str, why: str) -> None:
    vault.put("pair2", key="k", number=7, empty="")
    async with by_token(vault) as of:
        with pytest.raises(SecretFlaw, match=why):
            await read(of, written)


async def test_a_deleted_version_is_told_as_deleted(vault: VaultServer) -> None:
    vault.put("gone", key="k")
    vault.api("DELETE", "secret/data/gone")
    async with by_token(vault) as of:
        with pytest.raises(SecretFlaw, match="its newest version is deleted"):
            await read(of, "vault:secret/gone#key")


async def test_a_version_that_will_be_deleted_expires(vault: VaultServer) -> None:
    vault.api("POST", "secret/metadata/mortal", {"delete_version_after": "1h"})
    vault.put("mortal", key="k")
    ref = parse_secret("vault:secret/mortal#key")
    async with by_token(vault) as of:
        sourced = (await of.read("vault:secret/mortal", (ref,)))[ref]
    assert sourced.created_wall is not None
    assert sourced.expires_wall == pytest.approx(sourced.created_wall + 3600, abs=1)


async def test_an_engine_of_version_one_is_told(vault: VaultServer) -> None:
    vault.api("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
    vault.api("POST", "old/data/x", {"key": "k"})
    async with by_token(vault) as of:
        with pytest.raises(SecretFlaw, match="KV engine of version 2"):
            await read(of, "vault:old/x#key")


async def test_a_sealed_and_a_stopped_server_are_away(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.put("away", key="k")
        async with by_token(server, timeout="1s") as of:
            await read(of, "vault:secret/away#key")
            server.api("PUT", "sys/seal")
            with pytest.raises(SourceAway, match="answered 503 to reading vault:secret/away"):
                await read(of, "vault:secret/away#key")
            server.stop()
            with pytest.raises(SourceAway, match="does not answer"):
                await read(of, "vault:secret/away#key")
            server.start()
            server.put("away", key="k2")
            assert await read(of, "vault:secret/away#key") == ["k2"]


async def test_an_answer_of_a_standby_that_lags_behind_is_no_news(vault: VaultServer) -> None:
    vault.put("lag", key="k1")
    ref = parse_secret("vault:secret/lag#key")
    async with by_token(vault) as of:
        await of.read("vault:secret/lag", (ref,))
        of._newest["vault:secret/lag"] += 1.0  # a version that it has not heard of
        assert await of.read("vault:secret/lag", (ref,)) == {}
        of._newest["vault:secret/lag"] -= 1.0
        vault.api("DELETE", "secret/metadata/lag")
        vault.put("lag", key="k2")  # made anew, it begins at version 1 again
        assert await read(of, "vault:secret/lag#key") == ["k2"]


async def test_a_policy_that_shuts_us_out_is_told(vault: VaultServer) -> None:
    async with by_token(vault, vault.token(ttl="1h")) as of:
        with pytest.raises(SourceAway, match=r"answered 403 to reading vault:private/x: .*permission denied"):
            await read(of, "vault:private/x#key")


def test_the_server_is_the_one_that_others_speak_to(vault: VaultServer) -> None:
    client = hvac.Client(url=vault.url, token=ROOT_TOKEN)
    assert client.is_authenticated()
    with pytest.raises(urllib.error.HTTPError):
        vault.api("GET", "secret/data/none")
