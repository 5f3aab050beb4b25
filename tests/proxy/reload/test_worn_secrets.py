"""Tests of tidegate.proxy.reload.worn_secrets: what else is exchanged but a vendor's own secret."""

import base64
from pathlib import Path
from typing import Any

from tests.proxy.secrets.rotating_town import SOON_S, RotatingTown, rotate
from tests.proxy.town import VENDOR, Step
from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.app_config import AppSettings, PlaceholderUse
from tidegate.proxy.config import AppToken
from tidegate.proxy.reload.worn_secrets import references_in
from tidegate.proxy.secrets.secret_wearer import SecretUse
from tidegate.proxy.store_config import SealingSettings
from tidegate.redaction.secret import Secret

OK: Step = (200, {"Content-Type": "application/json"}, b'{"id": 1}')
HOOK_1, HOOK_2 = ("whsec_" + base64.b64encode(bytes([n]) * 24).decode() for n in (1, 2))
KEY_1, KEY_2 = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def tokens(folder: Path) -> tuple[AppToken, ...]:
    return (AppToken.model_validate({"app": "shop", "token": f"file:{folder / 'token'}"}),)


async def asked(town: RotatingTown, token: str) -> int:
    answer = await town.ask("GET", "/things/things/1", headers={"Authorization": f"Bearer {token}"})
    return answer.status


def test_a_new_token_of_an_app_is_taken_and_the_former_until_the_overlap_ends(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[int]:
        came = [await asked(town, "tg_one")]
        town.put(token="tg_two")
        came.append(await asked(town, "tg_two"))
        await town.world.sleep(SOON_S)
        came += [await asked(town, "tg_one"), await asked(town, "tg_two")]
        await town.world.sleep(60.0)
        came += [await asked(town, "tg_one"), await asked(town, "tg_two")]
        return came

    config = {"tokens": tokens(tmp_path)}
    came = rotate(tmp_path, [OK] * 6, story, config=config, files={"token": "tg_one"}, secrets={"overlap": "30s"})
    assert came == [200, 401, 200, 200, 401, 200]


def test_an_app_is_signed_to_with_both_until_the_overlap_ends(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[int]:
        def signing() -> int:
            return len(town.proxy.parts.inbox.routes.endpoints["shop", "webhooks"].secrets)

        counts = [signing()]
        town.put(hook=HOOK_2)
        await town.world.sleep(SOON_S)
        counts.append(signing())
        await town.world.sleep(60.0)
        return [*counts, signing()]

    hook: dict[str, Any] = {"url": "http://shop.example/hooks", "secrets": [f"file:{tmp_path / 'hook'}"]}
    config = {"apps": {"shop": AppSettings.model_validate_json(_json({"webhooks": hook}))}}
    counts = rotate(tmp_path, [], story, config=config, files={"hook": HOOK_1}, secrets={"overlap": "30s"})
    assert counts == [1, 2, 1]


def test_a_signing_secret_that_is_none_is_refused(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[list[str], str]:
        town.put(hook="sk_no_signing_secret")
        await town.world.sleep(SOON_S)
        secret = town.proxy.parts.inbox.routes.endpoints["shop", "webhooks"].secrets[0].reveal()
        return town.notes(), secret

    hook: dict[str, Any] = {"url": "http://shop.example/hooks", "secrets": [f"file:{tmp_path / 'hook'}"]}
    config = {"apps": {"shop": AppSettings.model_validate_json(_json({"webhooks": hook}))}}
    notes, secret = rotate(tmp_path, [], story, config=config, files={"hook": HOOK_1})
    assert "new secret refused; the one before stays in force" in notes
    assert secret == HOOK_1


def sealed_by(folder: Path, *names: str) -> dict[str, Any]:
    return {
        "sealing": SealingSettings.model_validate_json(_json({"keys": [f"file:{folder / name}" for name in names]}))
    }


def test_a_key_of_the_store_that_would_be_lost_is_refused(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[dict[str, Any], tuple[str, ...]]:
        town.put(new=KEY_2)
        await town.world.sleep(SOON_S)
        (line,) = [line for line in town.log() if "new secret refused" in str(line.get("note"))]
        return line, town.proxy.parts.store.seal.keys.secrets

    line, keys = rotate(tmp_path, [], story, config=sealed_by(tmp_path, "new"), files={"new": KEY_1})
    assert "keep the old one after it" in str(line["why"])
    assert KEY_2 not in str(keys)


def test_a_key_of_the_store_that_stays_behind_the_new_one_is_exchanged(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[tuple[str, ...], tuple[str, ...]]:
        before = town.proxy.parts.store.seal.keys.secrets
        town.put(new=KEY_2)
        await town.world.sleep(SOON_S)
        return before, town.proxy.parts.store.seal.keys.secrets

    config = sealed_by(tmp_path, "new", "old")
    before, after = rotate(tmp_path, [], story, config=config, files={"new": _key(3), "old": KEY_1})
    assert before == after, "the first key sealed what is stored, and stands nowhere now"


def test_what_is_read_at_the_start_is_refused_until_a_restart(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> Any:
        town.put(store="sqlite.db")
        ref = SecretRef("file", str(tmp_path / "store"))
        town.proxy.config = town.proxy.config.model_copy(update={"store": ref})
        town.watcher.book.version(ref)
        town.put(store="other.db")
        await town.world.sleep(SOON_S)
        return next(line["why"] for line in town.log() if "new secret refused" in str(line.get("note")))

    assert rotate(tmp_path, [], story) == f"file:{tmp_path / 'store'}: this is read when Tidegate starts; restart it"


def test_a_placeholder_becomes_the_new_secret(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[str]:
        def behind() -> list[str]:
            grants = town.proxy.upstreams["things"].placeholders
            return [secret.reveal() for _, secret in grants.secrets_for("things.example")]

        before = behind()
        town.put(card="card_two")
        await town.world.sleep(SOON_S)
        return before + behind()

    use = {"secret": f"file:{tmp_path / 'card'}", "apps": ["shop"], "hosts": ["things.example"]}
    config = {"placeholders": {"card": PlaceholderUse.model_validate_json(_json(use))}}
    assert rotate(tmp_path, [], story, config=config, files={"card": "card_one"}) == ["card_one", "card_two"]


def test_a_clients_secret_is_in_the_next_request_for_a_token(tmp_path: Path) -> None:
    def token(number: int) -> Step:
        body = {"access_token": f"at_{number}", "token_type": "Bearer", "expires_in": 600}
        return 200, {"Content-Type": "application/json"}, _json(body).encode()

    async def story(town: RotatingTown) -> list[str]:
        await town.ask("GET", "/things/things/1")
        town.put(key="client_secret_two")
        await town.world.sleep(SOON_S)
        await town.ask("GET", "/things/things/1")
        await town.world.sleep(700.0)
        await town.ask("GET", "/things/things/1")
        return [seen.headers["Authorization"] for seen in town.vendor.received]

    auth = {**VENDOR["facts"]["auth"], "oauth": {"token": "/oauth/token", "expires_in": "10m"},
            "tokens": {"grant": "client_credentials", "client_id": "shop"}}  # fmt: skip
    script: list[Step] = [token(1), OK, OK, token(2), OK]
    sent = rotate(tmp_path, script, story, facts={**VENDOR["facts"], "auth": auth})
    first, second = (
        base64.b64encode(f"shop:{secret}".encode()).decode() for secret in ("sk_the_first_one", "client_secret_two")
    )
    assert sent == [f"Basic {first}", "Bearer at_1", "Bearer at_1", f"Basic {second}", "Bearer at_2"]


def test_a_member_of_a_pool_is_exchanged_while_the_others_go_on(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[set[str], set[str]]:
        async def keys() -> set[str]:
            before = len(town.vendor.received)
            for _ in range(6):
                assert (await town.ask("GET", "/things/things/1")).status == 200
            return {*town.sent_keys()[before:]}

        assert {ref.name.rpartition("/")[2] for ref in town.worn.uses()} == {"a", "b"}
        first = await keys()
        town.put(a="sk_a_two")
        await town.world.sleep(SOON_S)
        return first, await keys()

    secrets = {name: f"file:{tmp_path / name}" for name in ("a", "b")}
    files = {"a": "sk_a_one", "b": "sk_b_one"}
    config = {"use": {"things": {"secrets": secrets}}}
    first, second = rotate(tmp_path, [OK] * 12, story, config=config, files=files)
    assert first == {"sk_a_one", "sk_b_one"}
    assert second == {"sk_a_two", "sk_b_one"}


def test_references_are_found_however_deep() -> None:
    uses = [*references_in({"a": (SecretRef("env", "A"), [SecretRef("env", "B")]), "b": {"c": SecretRef("env", "C")}})]
    assert [str(use) for use in uses] == ["env:A", "env:B", "env:C"]
    assert [*references_in("env:X")] == []


def test_every_secret_in_use_is_known_with_whose_it_is(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> dict[str, SecretUse]:
        return {Path(ref.name).name: use for ref, use in town.worn.uses().items()}

    config = {"tokens": tokens(tmp_path)}
    assert rotate(tmp_path, [], story, config=config, files={"token": "tg_one"}) == {
        "token": SecretUse(),
        "key": SecretUse("things", 90 * 86_400.0),
    }


def test_what_lets_us_in_at_sources_is_shown_nowhere(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> str:
        town.watcher.book.hide(Secret("s.token-of-the-vault"))
        town.proxy.telemetry.note("it is s.token-of-the-vault", 0.0)
        town.log()
        return b"".join(town.lines).decode()

    assert "token-of-the-vault" not in rotate(tmp_path, [], story)


def _json(document: object) -> str:
    import json

    return json.dumps(document)


def _key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()


def test_the_secret_behind_a_placeholder_is_exchanged_and_both_stay_hidden(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[list[str], str]:
        placed = {"Authorization": "Bearer any", "X-Partner-Key": "tg_partner"}
        await town.ask("GET", "/things/things/1", headers=placed)
        town.put(partner="pk_the_second_one")
        await town.world.sleep(SOON_S)
        await town.ask("GET", "/things/things/1", headers=placed)
        sent = [request.headers["X-Partner-Key"] for request in town.vendor.received]
        return sent, town.proxy.telemetry.redactor.text("pk_the_first_one pk_the_second_one")

    use = {"secret": f"file:{tmp_path / 'partner'}", "apps": ["local"], "hosts": ["things.example"]}
    config = {"placeholders": {"partner": PlaceholderUse.model_validate_json(_json(use))}}
    policy = VENDOR["policy"] | {"placeholders": {"headers": ["X-Partner-Key"]}}
    files = {"partner": "pk_the_first_one"}
    sent, hidden = rotate(tmp_path, [OK] * 2, story, config=config, files=files, policy=policy)
    assert sent == ["pk_the_first_one", "pk_the_second_one"]
    assert hidden == "[redacted] [redacted]"
