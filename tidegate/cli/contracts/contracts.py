"""`tidegate contracts …`: whether a provider still does what our adapters use of it, and what it has changed."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.contracts.broker_commands import (
    TOKEN_VARIABLE,
    BrokerToken,
    BrokerUrl,
    deployable,
    publish,
    publish_results,
)
from tidegate.cli.contracts.covered import covered
from tidegate.cli.contracts.drift import drift
from tidegate.cli.contracts.observed import observed
from tidegate.cli.contracts.sent_headers import PlainHeaders, SecretHeaders, TokenEnv, sent_headers, sent_secrets
from tidegate.cli.proof.leaving import GitHub, Html, Json, JUnit, leave, write_page
from tidegate.cli.proof.repeating import repeat_command
from tidegate.contracts.pact_files import PACTS, find_pacts
from tidegate.contracts.provider_headers import provider_headers
from tidegate.contracts.verify import Report
from tidegate.contracts.verify import verify as verify_provider
from tidegate.contracts.verify_page import unverified_page, verify_page
from tidegate.openapi.document import Document
from tidegate.plain_text import plain
from tidegate.problems import UsageError
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor
from tidegate.verdict import CaseVerdict
from tidegate.world.world import RealWorld

__all__ = ["covered", "deployable", "drift", "observed", "publish", "verify"]

PublishAs = Annotated[
    str | None,
    typer.Option(help="Publish the result to a Pact broker: the app's version and the provider's.", metavar="V:V"),
]

SEED = 1
SUITE = "tidegate contracts verify"


def verify(
    context: typer.Context,
    vendor: Annotated[str, typer.Argument(help="The provider in the pacts.", metavar="VENDOR")] = "stripe",
    url: Annotated[
        str | None, typer.Option(help="Verify this address; without it, a simulator of our own is started.")
    ] = None,
    states_url: Annotated[
        str | None, typer.Option(help="Where the provider takes states: the simulator's control API and /states.")
    ] = None,
    pacts: Annotated[Path, typer.Option(help="The folder with the Pact files.")] = PACTS,
    token_env: TokenEnv = None,
    header: PlainHeaders = None,
    header_env: SecretHeaders = None,
    publish_as: PublishAs = None,
    broker: BrokerUrl = None,
    broker_token_env: BrokerToken = TOKEN_VARIABLE,
    html: Html = None,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Verify the pacts of a vendor against its simulator, or against any address.

    Exits with 1 where a contract is broken, and with 2 where none was verified.
    """
    headers, versions = sent_headers(token_env, header, header_env), _versions(publish_as)
    secrets, command = sent_secrets(headers, header), repeat_command(context)
    try:
        report = _report(vendor, url, states_url, pacts, headers)
    except UsageError as error:
        why = str(error)
        _put_out_unverified(why, as_json=as_json)
        cases, page = [CaseVerdict(vendor, (), [why])], unverified_page(vendor, why, command)
    else:
        _put_out(report, as_json=as_json)
        cases, page = report.cases(), verify_page(report, url or "a simulator, started for it", command)
        if versions is not None and not report.inconclusive:
            files = find_pacts(report.provider, pacts)
            publish_results(files, *versions, broker, broker_token_env, success=report.held)
    leave(
        cases, SUITE, junit_file, github=github, as_json=as_json, page=lambda: write_page(html, lambda: page, secrets)
    )


def _put_out_unverified(why: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"held": False, "inconclusive": [why]}, sort_keys=True))
    typer.echo(f"tidegate: error: {why}", err=True)


def _put_out(report: Report, *, as_json: bool) -> None:
    if as_json:
        verdict = {"held": report.held, "inconclusive": report.inconclusive}
        print(json.dumps({**asdict(report), **verdict}, sort_keys=True))
        return
    for line in report.lines():
        print(plain(line))


def _versions(publish_as: str | None) -> tuple[str, str] | None:
    """The app's version and the provider's, as `1.2:2026-11`."""
    if publish_as is None:
        return None
    version, colon, of_provider = publish_as.partition(":")
    if not (version and colon and of_provider):
        raise UsageError(f"--publish-as {publish_as}: it looks like 1.2:2026-11, the app's version and the provider's")
    return version, of_provider


def _report(vendor: str, url: str | None, states_url: str | None, pacts: Path, headers: Mapping[str, str]) -> Report:
    """What became of the verification. Raises UsageError where there is nothing to verify, or nobody to ask."""
    if url is None:
        loaded = load_vendor(find_vendor(vendor))
        return asyncio.run(_against_simulator(loaded, find_pacts(loaded.vendor.vendor, pacts)))
    files = find_pacts(vendor, pacts)
    return asyncio.run(verify_provider(RealWorld(), vendor, url, states_url=states_url, pacts=files, headers=headers))


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
            headers=provider_headers(loaded.vendor.facts),
        )
    finally:
        await simulator.close()
