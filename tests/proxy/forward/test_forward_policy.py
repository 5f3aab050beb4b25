"""Tests of tidegate.proxy.forward.forward_policy."""

from pathlib import Path
from typing import Any

import pytest

from tests.proxy.forward.forward_town import HOST
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import WALL_BASE, VirtualWorld
from tidegate.problems import UsageError
from tidegate.proxy.config import Config
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.proxy.forward.forward_policy import ForwardPolicy, leaves_of, policy_of
from tidegate.proxy.policies.destinations.destination import Destination

TO, ELSE = Destination(HOST, 443), Destination("else.example", 443)


def made(old: ForwardPolicy | None = None, environ: dict[str, str] | None = None, **forward: Any) -> ForwardPolicy:
    async def main() -> ForwardPolicy | None:
        config = Config.model_validate({"forward": forward})
        leaves = leaves_of(VirtualWorld(1), config, environ or {}, old.leaves if old is not None else None)
        return policy_of(config, {}, leaves)

    policy = run(main)
    assert policy is not None
    return policy


def test_a_host_is_opened_while_there_is_a_ca_that_covers_it_and_is_good(tmp_path: Path) -> None:
    make_authority([HOST], WALL_BASE, days=30).write(tmp_path)
    policy = made(ca={"folder": tmp_path})
    assert policy.unopened(TO, WALL_BASE) == ""
    assert "was not made for else.example" in policy.unopened(ELSE, WALL_BASE)
    assert "good until 2026-01-31" in policy.unopened(TO, WALL_BASE + 31 * 86400)
    assert "tidegate ca init" in made().unopened(TO, WALL_BASE)


def test_a_reload_keeps_the_certificates_where_the_ca_is_the_same(tmp_path: Path) -> None:
    make_authority([HOST], WALL_BASE).write(tmp_path)
    first = made(ca={"folder": tmp_path})
    assert made(first, ca={"folder": tmp_path}).leaves is first.leaves
    make_authority([HOST], WALL_BASE).write(tmp_path)
    assert made(first, ca={"folder": tmp_path}).leaves is not first.leaves


def test_a_ca_that_is_no_good_is_refused_with_the_keys_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^forward\.ca: .*tidegate ca init"):
        made(ca={"folder": tmp_path})


def test_a_sealed_ca_is_opened_with_its_passphrase(tmp_path: Path) -> None:
    make_authority([HOST], WALL_BASE).write(tmp_path, b"pass")
    policy = made(environ={"PASS": "pass"}, ca={"folder": tmp_path, "passphrase": "env:PASS"})
    assert policy.unopened(TO, WALL_BASE) == ""
