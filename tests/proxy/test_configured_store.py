"""Tests of tidegate.proxy.configured_store. What is sealed is tried in test_sealed_at_rest.py."""

from pathlib import Path
from typing import Any

import pytest

from tests.proxy.stages.test_defer import MADE, deferring, ended, post
from tests.proxy.town import VENDOR, Town, play
from tidegate.problems import UsageError
from tidegate.proxy.config import Config
from tidegate.proxy.configured_store import configured_store, is_personal, unsealed_tokens, unsealed_vendors
from tidegate.proxy.configured_vendors import ConfigChange
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.store.deliveries import DeliveryRetention
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys
from tidegate.world.world import RealWorld

OUTBOX = {"backlog_max": 5, "backlog_max_bytes": 600, "backlog_max_age": "7s"}
RETENTION = {"done": "2d", "dead": "40d"}


def configured(**keys: Any) -> Config:
    return Config.model_validate(keys, strict=False)


async def test_a_store_knows_the_secrets_that_lead_to_it(tmp_path: Path) -> None:
    config, environ = configured(store="env:STORE"), {"STORE": "postgresql://ada:canary@db/x"}
    made = configured_store(RealWorld(), config, environ, SealingKeys([b"k" * 32]), {})
    assert "canary" in made.secrets
    assert set(SealingKeys([b"k" * 32]).secrets) < {*made.secrets}
    assert "canary" not in repr(made.store)
    with pytest.raises(UsageError, match="store: env:STORE: Tidegate has no store for mysql://"):
        configured_store(RealWorld(), config, {"STORE": "mysql://db"}, SealingKeys(), {})
    await made.store.close()


def test_what_is_written_is_in_force_and_a_change_too(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        upstream, store = town.proxy.upstreams["things"], town.proxy.parts.store
        before = upstream.outbox_bounds, store.deliveries.retention
        town.proxy.change(ConfigChange(town.config.model_copy(update={"retention": Config().retention})))
        return before, store.deliveries.retention

    before, after = play(tmp_path, [], story, config={"outbox": OUTBOX, "retention": RETENTION})
    assert before == (BacklogBounds(5, 600, 7.0), DeliveryRetention(dead_s=40 * 86_400.0, done_s=2 * 86_400.0))
    assert after == DeliveryRetention(dead_s=30 * 86_400.0, done_s=0.0)


def test_what_was_carried_out_stays_as_long_as_is_written(tmp_path: Path) -> None:
    async def story(town: Town) -> list[bool]:
        store, document = town.proxy.parts.store, await ended(town, await post(town))
        found = []
        for hours in (25.9, 0.2):
            await town.world.sleep(hours * 3600.0)
            await store.deliveries.sweep(store.clock.now())
            found.append(await store.deliveries.find(document["call"]) is not None)
        return found

    assert play(tmp_path, [MADE], story, config={"retention": {"done": "26h"}}, **deferring("always")) == [True, False]


def test_a_vendor_is_personal_whose_file_says_so_or_that_nobody_knows(tmp_path: Path) -> None:
    personal = {**VENDOR["facts"], "personal_data": ["/email"]}

    async def story(town: Town) -> tuple[bool, list[str]]:
        return is_personal(town.proxy.upstreams["things"]), unsealed_vendors(town.config, town.proxy.upstreams)

    assert play(tmp_path, [], story) == (False, [])
    assert play(tmp_path, [], story, facts=personal) == (True, ["things"])
    assert is_personal(None)
    assert unsealed_vendors(configured(sealing={"keys": ["env:A"]}), {}) == []


def test_tokens_that_nothing_seals_are_told(tmp_path: Path) -> None:
    tokens = {"oauth": {"token": "/t"}, "tokens": {"grant": "client_credentials", "client_id": "shop"}}
    facts = {**VENDOR["facts"], "auth": {**VENDOR["facts"]["auth"], **tokens}}

    async def story(town: Town) -> list[list[str]]:
        sealed = town.config.model_copy(update={"sealing": configured(sealing={"keys": ["env:A"]}).sealing})
        return [unsealed_tokens(config, town.proxy.upstreams) for config in (town.config, sealed)]

    assert play(tmp_path, [], story, facts=facts) == [["things"], []]
    assert play(tmp_path, [], story) == [[], []]
