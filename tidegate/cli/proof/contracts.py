"""`tidegate contracts verify`: whether a provider still does what our adapters use of it."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.proof.leaving import GitHub, Json, JUnit, leave
from tidegate.contracts.verify import PACTS, Report, find_pacts
from tidegate.contracts.verify import verify as verify_provider
from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor
from tidegate.verdict import CaseVerdict
from tidegate.world.world import RealWorld

SEED = 1
SUITE = "tidegate contracts verify"


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
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Verify the pacts of a vendor against its simulator, or against any address.

    Exits with 1 where a contract is broken, and with 2 where none was verified.
    """
    headers = _authorization(token_env)
    try:
        report = _report(vendor, url, states_url, pacts, headers)
    except UsageError as error:
        if as_json:
            print(json.dumps({"held": False, "inconclusive": [str(error)]}, sort_keys=True))
        typer.echo(f"tidegate: error: {error}", err=True)
        leave([CaseVerdict(vendor, (), [str(error)])], SUITE, junit_file, github=github)
        return
    if as_json:
        verdict = {"held": report.held, "inconclusive": report.inconclusive}
        print(json.dumps({**asdict(report), **verdict}, sort_keys=True))
    else:
        for line in report.lines():
            print(line)
    leave(report.cases(), SUITE, junit_file, github=github)


def _report(vendor: str, url: str | None, states_url: str | None, pacts: Path, headers: Mapping[str, str]) -> Report:
    """What became of the verification. Raises UsageError where there is nothing to verify, or nobody to ask."""
    if url is None:
        loaded = load_vendor(find_vendor(vendor))
        return asyncio.run(_against_simulator(loaded, find_pacts(loaded.vendor.vendor, pacts)))
    files = find_pacts(vendor, pacts)
    return asyncio.run(verify_provider(RealWorld(), vendor, url, states_url=states_url, pacts=files, headers=headers))


def _authorization(token_env: str | None) -> Mapping[str, str]:
    if token_env is None:
        return {}
    token = os.environ.get(token_env, "")
    if not token:
        raise typer.BadParameter(f"the environment variable {token_env} is not set")
    return {"Authorization": f"Bearer {token}"}


async def _against_simulator(loaded: LoadedVendor, files: list[Path]) -> Report:
    world = RealWorld(seed=SEED)
    simulator = SimulatorServer(world, Document.load(loaded.document_path), loaded.vendor, SEED)
    await simulator.start()
    try:
        return await verify_provider(
            world,
            loaded.vendor.vendor,
            f"http://127.0.0.1:{simulator.port}",
            states_url=f"http://127.0.0.1:{simulator.control_port}/states",
            pacts=files,
        )
    finally:
        await simulator.close()
