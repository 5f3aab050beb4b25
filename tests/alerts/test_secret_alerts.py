"""The alerts about secrets: refused by the vendor or by us, old, about to end, with a source that is away."""

import json
from pathlib import Path

from tests.alerts.watched_town import WatchedTown, watch
from tests.proxy.town import Seen
from tidegate.testing.scripted_vendor import ScriptedVendor, WholeAnswer

DAY_S = 86_400.0
JSON = {"Content-Type": "application/json"}
OK: WholeAnswer = (200, JSON, b'{"id": 1}')
VAULT_ADDRESS, VAULT_PORT = "93.184.216.77", 8200
VAULT = {
    "address": f"http://vault.example:{VAULT_PORT}", "auth": "token", "token": "env:VAULT_TOKEN",
}  # fmt: skip


def test_a_new_secret_that_the_vendor_refuses_is_told_until_a_good_one_is_there(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        async def judged(seen: Seen) -> WholeAnswer:
            return (401, JSON, b"{}") if seen.headers["Authorization"].endswith("wrong") else OK

        town.vendor.script = [judged]
        await town.minutes(2)
        town.fires()
        town.put(key="sk_the_wrong")
        await town.minutes(2)
        town.fires("TidegateSecretFellBack")
        town.put(key="sk_the_right")
        await town.minutes(2)
        town.fires()

    watch(tmp_path, [OK], story)


def test_a_new_value_that_is_no_secret_is_told_until_a_good_one_is_there(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        await town.minutes(1)
        town.fires()
        town.put(key="")
        await town.minutes(4)
        town.fires("TidegateSecretRefused")
        town.put(key="sk_the_second_one")
        await town.minutes(2)
        town.fires()

    watch(tmp_path, [OK], story)


def test_a_secret_that_is_nearly_as_old_as_it_may_become_is_told_until_it_is_exchanged(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        await town.minutes(1)
        town.fires()
        town.put(key="sk_that_was_made_long_ago")
        town.aged("key", 82 * DAY_S)
        await town.minutes(13)
        town.fires("TidegateSecretDue")
        town.put(key="sk_of_today")
        await town.minutes(2)
        town.fires()

    watch(tmp_path, [OK], story)


class Vault:
    """What a Vault answers of its key-value engine, version 2."""

    def __init__(self) -> None:
        self.version, self.ends = 1, ""

    async def __call__(self, seen: Seen) -> WholeAnswer:
        """The token of whoever asks lasts for ever."""
        metadata = {"version": self.version, "created_time": "2026-01-01T00:00:00Z", "deletion_time": self.ends}
        data = {"data": {"key": f"sk_{self.version}_of_vault"}, "metadata": metadata}
        if seen.path.endswith("lookup-self"):
            data = {"ttl": 0, "renewable": False}
        return 200, JSON, json.dumps({"data": data}).encode()


def test_a_source_that_ends_a_secret_or_is_away_is_told(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        vault = Vault()
        town.world.network.names["vault.example"] = VAULT_ADDRESS
        machine = ScriptedVendor([vault], town.world.machine("vault"))
        await machine.start(VAULT_ADDRESS, VAULT_PORT)
        await town.configure(use={"things": {"secret": "vault:secret/things#key"}})
        await town.minutes(1)
        town.fires()
        vault.version, vault.ends = 2, "2026-01-03T00:00:00Z"
        await town.minutes(12)
        town.fires("TidegateSecretExpires")
        vault.version, vault.ends = 3, ""
        await town.minutes(2)
        town.fires()
        await machine.close()
        await town.minutes(9)
        town.fires("TidegateSecretSourceAway")
        await machine.start(VAULT_ADDRESS, VAULT_PORT)
        await town.minutes(2)
        town.fires()
        await machine.close()

    secrets = {"poll": "30s", "stale_after": "5m", "vault": VAULT}
    watch(tmp_path, [OK], story, secrets=secrets, environ={"VAULT_TOKEN": "hvs.of-the-town"})
