"""Tests of tidegate.proxy.store.postgres.postgres_clock: one age for proxies on machines that agree on no clock."""

import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.machine import Machine
from tests.proxy.store.postgres.conftest import beats, proxy_at
from tests.proxy.store.postgres.test_postgres_migrations import schema_of
from tidegate.proxy.policies.resilience.peer_watch import BEAT_EVERY_S
from tidegate.proxy.policies.resilience.store_time import STEP_S
from tidegate.proxy.store.records import LEASE_MARGIN_S


def another(up_s: float, jump_s: float = 0.0) -> Machine:
    machine = Machine()
    machine.start, machine.up_s = f"another {up_s}", up_s
    machine.jump(jump_s)
    return machine


async def test_on_one_machine_the_age_goes_on_exactly(url: str) -> None:
    machine = Machine()
    async with proxy_at(url, machine) as first:
        machine.passes(100.0)
        async with proxy_at(url, machine) as second:
            assert second.clock.now()[:2] == first.clock.now()[:2] == (100.0, 100.0)
    machine.passes(50.0)
    machine.jump(-1e6)
    async with proxy_at(url, machine) as third:
        assert third.clock.now()[:2] == (150.0, 150.0)


@pytest.mark.parametrize("jump_s", [0.0, 1e7, -1e7], ids=["right", "ahead", "behind"])
async def test_another_machines_wall_clock_says_nothing(url: str, jump_s: float) -> None:
    """A database has one wall clock; of the time that it tells nothing has surely passed."""
    machine = Machine()
    async with proxy_at(url, machine) as first:
        machine.passes(100.0)
        await first.keep_clock(probing=False)
    async with proxy_at(url, another(7.0, jump_s)) as second:
        least, most, _ = second.clock.now()
        assert least == 100.0
        assert 100.0 + STEP_S <= most < 100.0 + STEP_S + 60.0
        assert second.clock.jump_s() == 0.0


async def test_a_wall_clock_of_the_database_that_was_put_back_ends_every_resend(url: str) -> None:
    async with proxy_at(url, Machine()):
        pass
    shared_server().execute(f"UPDATE {schema_of(url)}.store_ages SET wall = wall + 86400")
    async with proxy_at(url, another(7.0)) as second:
        assert second.clock.now().least == 0.0
        assert second.clock.now().most > 10 * 365 * 86_400.0


async def test_proxies_on_two_machines_stay_within_a_beat_of_each_other_and_within_a_leases_margin(url: str) -> None:
    one_machine, other_machine = Machine(), another(9000.0)
    async with proxy_at(url, one_machine) as one, proxy_at(url, other_machine) as other:
        for _ in range(50):
            await beats(one, one_machine, 1)
            other_machine.passes(BEAT_EVERY_S)
            await other.keep_clock(probing=False)
        passed = 50 * BEAT_EVERY_S
        for store in (one, other):
            assert passed - 2 * BEAT_EVERY_S <= store.clock.now().least <= passed
            assert store.clock.now().most >= passed
        assert abs(one.clock.now().least - other.clock.now().least) <= 2 * BEAT_EVERY_S < LEASE_MARGIN_S
        assert abs(one.clock.now().most - other.clock.now().most) <= 2 * BEAT_EVERY_S


async def test_two_proxies_that_beat_by_turns_do_not_hold_each_others_age_back(url: str) -> None:
    one_machine, other_machine = Machine(), another(9000.0)
    async with proxy_at(url, one_machine) as one, proxy_at(url, other_machine) as other:
        most = max(one.clock.now().most, other.clock.now().most)
        for _ in range(40):
            for store, machine in ((one, one_machine), (other, other_machine)):
                one_machine.passes(BEAT_EVERY_S / 2)
                other_machine.passes(BEAT_EVERY_S / 2)
                await store.keep_clock(probing=False)
                assert machine.uptime() > 0
        assert one.clock.now().least >= 40 * BEAT_EVERY_S - 2 * BEAT_EVERY_S
        assert one.clock.now().most <= most + 40 * BEAT_EVERY_S + 2 * BEAT_EVERY_S


async def test_a_machine_that_has_not_been_seen_for_a_hundred_others_comes_new(url: str) -> None:
    async with proxy_at(url, Machine()) as store:
        schema = schema_of(url)
        shared_server().execute(
            f"INSERT INTO {schema}.store_ages SELECT 'm' || n, 0, 0, 0, 0, nextval('{schema}.store_turns') "
            "FROM generate_series(1, 150) AS n"
        )
        await store.keep_clock(probing=False)
        [[count]] = shared_server().execute(f"SELECT count(*) FROM {schema}.store_ages")
        assert count in (100, 101)
