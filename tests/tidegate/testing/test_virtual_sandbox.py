"""A sandbox is the simulator behind the real proxy, in virtual time: what is asked, what goes wrong, what was seen."""

from pathlib import Path

import pytest

from tidegate.adapters.ports.failures import Unavailable
from tidegate.problems import UsageError
from tidegate.testing import VirtualSandbox, run

SCENARIO = """
name: away
seconds: 30
faults: [{kind: outage, from: 10s, for: 10s, mode: refuse}]
"""


def test_a_call_goes_through_the_proxy_and_is_seen_on_both_sides() -> None:
    async def story() -> None:
        async with VirtualSandbox("stripe") as sandbox:
            ada = sandbox.given("a customer exists", name="Ada")
            answer = await sandbox.gateway.get(f"/v1/customers/{ada['id']}")
            assert answer.status == 200
            sandbox.received("GetCustomersCustomer", times=1)
            assert [line["operation"] for line in sandbox.log() if "operation" in line] == ["GetCustomersCustomer"]
            assert sandbox.url.endswith("/stripe")
            sandbox.reset()
            assert sandbox.journal() == []

    run(story)


def test_faults_are_armed_and_dropped() -> None:
    async def story() -> None:
        async with VirtualSandbox("stripe") as sandbox:
            sandbox.arm({"from": "0s"}, kind="error", status=418)
            assert (await sandbox.gateway.get("/v1/customers")).status == 418
            sandbox.disarm()
            assert (await sandbox.gateway.get("/v1/customers")).status == 200

    run(story)


def test_a_scenario_is_played_in_virtual_time(tmp_path: Path) -> None:
    file = tmp_path / "away.yaml"
    file.write_text(SCENARIO)

    async def story() -> None:
        async with VirtualSandbox("stripe", scenario=file) as sandbox:
            assert sandbox.seconds == 30
            assert (await sandbox.gateway.get("/v1/customers")).status == 200
            await sandbox.world.sleep(12)
            with pytest.raises(Unavailable):
                await sandbox.gateway.get("/v1/refunds")

    run(story)


def test_the_apps_token_goes_where_the_vendors_key_would_be() -> None:
    async def story() -> None:
        async with VirtualSandbox("adyen") as sandbox:
            assert (await sandbox.gateway.send("POST", "/payments", document={}, key="k")).status == 422

    run(story)


def test_a_scenario_that_is_aimed_at_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text("name: odd\nfaults: [{kind: throttle, operations: [Nothing]}]\n")

    async def story() -> None:
        with pytest.raises(UsageError, match="Nothing"):
            VirtualSandbox("stripe", scenario=file)

    run(story)
