"""How the source of Vault gets in, and stays in: logins, renewals, and tokens that were given."""

import base64
import json
from pathlib import Path

import pytest
from aiohttp import web

from tests.certificates import certificate
from tests.proxy.secrets.remote.vault_reading import Clock, by_token, read, source
from tests.serving import listening
from tests.vault_server import ROOT_TOKEN, VaultServer
from tidegate.proxy.secrets.secret_source import SourceAway

pytestmark = pytest.mark.slow


async def test_an_approle_logs_in_and_again_once_its_token_is_revoked(vault: VaultServer) -> None:
    vault.put("role", key="k1")
    role, secret = vault.approle(token_ttl="1h")
    environ = {"ROLE": role, "SECRET": secret}
    async with source(vault.url, environ, auth="approle", role_id="env:ROLE", secret_id="env:SECRET") as of:
        assert await read(of, "vault:secret/role#key") == ["k1"]
        assert of._token is not None
        first = of._token.reveal()
        vault.api("POST", "auth/token/revoke", {"token": first})
        assert await read(of, "vault:secret/role#key") == ["k1"]
        assert of._token.reveal() != first


async def test_a_secret_id_that_was_good_once_is_read_anew_from_its_file(vault: VaultServer, tmp_path: Path) -> None:
    vault.put("once", key="k")
    role, secret = vault.approle(token_ttl="1h", secret_id_num_uses=1)
    file = tmp_path / "secret_id"
    file.write_text(secret)
    async with source(vault.url, {"ROLE": role}, auth="approle", role_id="env:ROLE", secret_id=f"file:{file}") as of:
        assert await read(of, "vault:secret/once#key") == ["k"]
        assert of._token is not None
        vault.api("POST", "auth/token/revoke", {"token": of._token.reveal()})
        with pytest.raises(SourceAway, match="answered 400 to logging in by approle: invalid role or secret ID"):
            await read(of, "vault:secret/once#key")
        file.write_text(vault.secret_id())
        assert await read(of, "vault:secret/once#key") == ["k"]


async def test_a_token_is_renewed_at_two_thirds_and_replaced_before_its_maximum(vault: VaultServer) -> None:
    vault.put("renew", key="k")
    role, secret = vault.approle(token_ttl="1h", token_max_ttl="90m")
    environ, clock = {"ROLE": role, "SECRET": secret}, Clock()
    async with source(vault.url, environ, clock, auth="approle", role_id="env:ROLE", secret_id="env:SECRET") as of:
        await read(of, "vault:secret/renew#key")
        assert of._token is not None
        assert of._life is not None
        first, got = of._token.reveal(), of._life.got
        clock.ahead_s = 2300.0
        await read(of, "vault:secret/renew#key")
        assert (of._token.reveal(), of._life.got) == (first, got), "before two thirds nothing is done"
        clock.ahead_s = 2500.0
        await read(of, "vault:secret/renew#key")
        assert of._token.reveal() == first
        assert of._life.got > got, "it was renewed"
        vault.api("POST", "auth/token/renew", {"token": first, "increment": "1s"})
        of._life.ttl_s = 100.0  # what a server gives at last, whose maximum is near
        clock.ahead_s = 2600.0
        await read(of, "vault:secret/renew#key")
        assert of._token.reveal() != first, "it is replaced while it works"


async def test_the_servers_own_cap_on_a_renewal_is_understood(vault: VaultServer) -> None:
    vault.put("cap", key="k")
    role, secret = vault.approle(token_ttl="60m", token_max_ttl="60m")
    environ, clock = {"ROLE": role, "SECRET": secret}, Clock()
    async with source(vault.url, environ, clock, auth="approle", role_id="env:ROLE", secret_id="env:SECRET") as of:
        await read(of, "vault:secret/cap#key")
        clock.ahead_s = 2500.0
        await read(of, "vault:secret/cap#key")
        assert of._life is not None
        assert 3500 < of._life.ttl_s <= 3600


async def test_a_given_token_is_looked_up_and_renewed(vault: VaultServer) -> None:
    vault.put("given", key="k")
    token, clock = vault.token(ttl="1h", explicit_max_ttl="2h"), Clock()
    async with by_token(vault, token, world=clock) as of:
        await read(of, "vault:secret/given#key")
        assert of.lease_ends is not None
        first = of.lease_ends
        clock.ahead_s = 2500.0
        await read(of, "vault:secret/given#key")
        assert of.lease_ends > first


async def test_a_given_token_that_never_ends_is_only_used(vault: VaultServer) -> None:
    vault.put("root", key="k")
    async with by_token(vault) as of:
        assert await read(of, "vault:secret/root#key") == ["k"]
        assert of.lease_ends is None


async def test_a_given_token_that_is_refused_is_read_anew(vault: VaultServer, tmp_path: Path) -> None:
    vault.put("anew", key="k")
    file = tmp_path / "token"
    file.write_text("s.of-nobody")
    file.chmod(0o600)
    async with source(vault.url, {}, auth="token", token=f"file:{file}") as of:
        with pytest.raises(
            SourceAway, match=r"answered 403 to looking our token up: .*permission denied|invalid token"
        ):
            await read(of, "vault:secret/anew#key")
        file.write_text(ROOT_TOKEN + "\n")
        assert await read(of, "vault:secret/anew#key") == ["k"]


async def test_a_pod_logs_in_by_its_service_account(vault: VaultServer, tmp_path: Path) -> None:
    """Kubernetes' own answer to a TokenReview is played; the login at Vault is the real one."""
    reviewed: list[str] = []

    async def review(request: web.BaseRequest) -> web.Response:
        token = json.loads(await request.read())["spec"]["token"]
        reviewed.append(token)
        good = token == JWT
        user = {"username": "system:serviceaccount:shop:tidegate", "uid": "u-1"}
        return web.json_response({"status": {"authenticated": good, **({"user": user} if good else {"error": "no"})}})

    vault.put("pod", key="k")
    jwt = tmp_path / "jwt"
    jwt.write_text(JWT)
    async with listening(web.Server(review)) as port:
        for method, path, content in (
            ("POST", "sys/auth/kubernetes", {"type": "kubernetes"}),
            ("POST", "auth/kubernetes/config", {"kubernetes_host": f"http://127.0.0.1:{port}",
             "token_reviewer_jwt": JWT, "disable_local_ca_jwt": True,
             "kubernetes_ca_cert": certificate(tmp_path).read_text()}),
            ("POST", "auth/kubernetes/role/proxy", {"bound_service_account_names": "tidegate",
             "bound_service_account_namespaces": "shop", "token_policies": "reads", "ttl": "1h"}),
        ):  # fmt: skip
            vault.api(method, path, content)
        async with source(vault.url, {}, auth="kubernetes", role="proxy", jwt=jwt) as of:
            assert await read(of, "vault:secret/pod#key") == ["k"]
    assert reviewed == [JWT]


async def test_the_token_is_hidden_before_it_is_used(vault: VaultServer) -> None:
    vault.put("hide", key="k")
    hidden: list[str] = []
    async with by_token(vault) as of:
        of._hide = lambda secret: hidden.append(secret.reveal())
        await read(of, "vault:secret/hide#key")
    assert hidden == [ROOT_TOKEN]


def _jwt() -> str:
    """A service account's token as Kubernetes writes it. Its signature is the reviewer's matter."""

    def part(document: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")

    claims: dict[str, object] = {
        "iss": "https://kubernetes.default.svc", "sub": "system:serviceaccount:shop:tidegate",
        "iat": 1, "nbf": 1, "exp": 4102444800,
        "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "tidegate", "uid": "u-1"}},
    }  # fmt: skip
    signature = base64.urlsafe_b64encode(b"x" * 256).decode().rstrip("=")
    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.{signature}"


JWT = _jwt()
