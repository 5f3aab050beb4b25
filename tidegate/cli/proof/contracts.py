"""`tidegate contracts verify`: whether a provider still does what our adapters use of it."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.contracts.verify import PACTS, Report, find_pacts
from tidegate.contracts.verify import verify as verify_provider
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

SEED = 1


def verify(
    vendor: Annotated[str, typer.Argument(help="The provider in the pacts.", metavar="VENDOR")] = "stripe",
    url: Annotated[
        str | None, typer.Option(help="Verify this address; without it, a simulator of our own is started.")
    ] = None,
    states_url: Annotated[
        str | None, typer.Option(help="Where the provider takes states: the simulator's control API and /states.")
    ] = None,
    pacts: Annotated[Path, typer.Option(help="The folder with the Pact files.")] = PACTS,
    token_env: Annotated[
        str | None, typer.Option(help="The environment variable that holds the key to send.", metavar="NAME")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON document.")] = False,
) -> None:
    """Verify the pacts of a vendor against its simulator, or against any address."""
    files = find_pacts(vendor, pacts)
    headers = _authorization(token_env)
    if url is None:
        report = asyncio.run(_against_simulator(vendor, files))
    else:
        report = asyncio.run(
            verify_provider(RealWorld(), vendor, url, states_url=states_url, pacts=files, headers=headers)
        )
    if as_json:
        print(json.dumps({**asdict(report), "held": report.held}, sort_keys=True))
    else:
        for line in report.lines():
            print(line)
    if not report.held:
        raise typer.Exit(1)


def _authorization(token_env: str | None) -> Mapping[str, str]:
    if token_env is None:
        return {}
    token = os.environ.get(token_env, "")
    if not token:
        raise typer.BadParameter(f"the environment variable {token_env} is not set")
    return {"Authorization": f"Bearer {token}"}


async def _against_simulator(vendor: str, files: list[Path]) -> Report:
    loaded = load_vendor(find_vendor(vendor))
    world = RealWorld(seed=SEED)
    simulator = SimulatorServer(world, Document.load(loaded.document_path), loaded.vendor, SEED)
    await simulator.start()
    try:
        return await verify_provider(
            world,
            vendor,
            f"http://127.0.0.1:{simulator.port}",
            states_url=f"http://127.0.0.1:{simulator.control_port}/states",
            pacts=files,
        )
    finally:
        await simulator.close()
