"""`tidegate contracts publish` and `deployable`, and the results of a verification: all by way of a Pact broker."""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.contracts.sent_headers import sent_headers
from tidegate.cli.proof.leaving import GitHub, Json, JUnit, leave
from tidegate.contracts.broker import Deployability, PactBroker
from tidegate.contracts.pact_files import PACTS, PactFile, read_folder, read_pact
from tidegate.problems import UsageError
from tidegate.verdict import CaseVerdict

URL_VARIABLE = "PACT_BROKER_BASE_URL"
TOKEN_VARIABLE = "PACT_BROKER_TOKEN"  # noqa: S105  # a variable's name; Pact's own tools read it too
SUITE = "tidegate contracts deployable"

BrokerUrl = Annotated[
    str | None, typer.Option("--broker", help=f"The Pact broker; the variable {URL_VARIABLE}, where not said.")
]
BrokerToken = Annotated[
    str, typer.Option("--broker-token-env", help="The environment variable of its token.", metavar="NAME")
]
AppVersion = Annotated[str, typer.Option("--version", help="The version of the app that has the adapters.")]


def publish(
    version: AppVersion,
    vendor: Annotated[str | None, typer.Argument(help="Only pacts with this provider.", metavar="[VENDOR]")] = None,
    broker: BrokerUrl = None,
    broker_token_env: BrokerToken = TOKEN_VARIABLE,
    branch: Annotated[str | None, typer.Option(help="The branch of the version.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag of the version.")] = None,
    pacts: Annotated[Path, typer.Option(help="The folder with the Pact files.")] = PACTS,
) -> None:
    """Publish the pacts to a Pact broker."""
    files = [file for file in read_folder(pacts)[0] if vendor in (None, file.provider)]
    if not files:
        raise UsageError(f"{pacts}: there is no pact" + (f" with {vendor}" if vendor is not None else ""))

    async def ask() -> list[str]:
        async with _broker(broker, broker_token_env) as asked:
            return await asked.publish(files, version, branch=branch, tags=tag or ())

    for line in asyncio.run(ask()):
        typer.echo(line, err=True)
    print(f"{len(files)} pacts published as version {version}")


def deployable(
    app: Annotated[str, typer.Argument(help="The consumer in the pacts, like payments.", metavar="APP")],
    version: AppVersion,
    to: Annotated[str, typer.Option(help="The environment where it is to go.")],
    broker: BrokerUrl = None,
    broker_token_env: BrokerToken = TOKEN_VARIABLE,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Ask a Pact broker whether a version may be deployed (can-i-deploy). Exits with 1 where not, 2 where unknown."""

    async def ask() -> Deployability:
        async with _broker(broker, broker_token_env) as asked:
            return await asked.deployability(app, version, to)

    told = asyncio.run(ask())
    if as_json:
        print(json.dumps(asdict(told), sort_keys=True))
    else:
        word = {True: "may go", False: "must not go", None: "is not known well enough to go"}[told.is_deployable]
        print(f"{app} {version} {word} to {to}: {told.reason}")
    broken = [told.reason] if told.is_deployable is False else []
    unknown = [told.reason] if told.is_deployable is None else []
    leave([CaseVerdict(f"{app} {version} to {to}", broken, unknown)], SUITE, junit_file, github=github, as_json=as_json)


def publish_results(
    files: Sequence[Path], version: str, provider_version: str, broker: str | None, token_env: str, *, success: bool
) -> None:
    """Publish to a broker whether the provider kept these pacts, which were published as `version`."""

    async def tell() -> None:
        async with _broker(broker, token_env) as asked:
            for file in _read(files):
                await asked.publish_result(file, version, provider_version, success=success)

    asyncio.run(tell())


def _read(files: Sequence[Path]) -> list[PactFile]:
    return [read_pact(path) for path in files]


def _broker(url: str | None, token_env: str) -> PactBroker:
    """The broker. Pact's own variables count where nothing is said; a broker without a token is asked without one."""
    address = url or os.environ.get(URL_VARIABLE)
    if not address:
        raise UsageError(f"no Pact broker is named: --broker URL, or the variable {URL_VARIABLE}")
    is_meant = token_env != TOKEN_VARIABLE or bool(os.environ.get(TOKEN_VARIABLE))
    return PactBroker(address, sent_headers(token_env if is_meant else None, None, None))
