"""`tidegate cassette har|flows|age|refresh`: makes cassettes of what other tools saved, and keeps them young."""

import asyncio
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cassette import har as archive
from tidegate.cassette.age import age_of
from tidegate.cassette.cassette_file import Recorder, read, read_head
from tidegate.cli.contracts.hidden_values import Hide, SecretNames, hidden_patterns, secret_values
from tidegate.cli.contracts.sent_headers import PlainHeaders, SecretHeaders, TokenEnv, sent_headers
from tidegate.cli.proof.leaving import GitHub, Json, JUnit, leave
from tidegate.configfile.units import parse_duration
from tidegate.contracts.recording.recording import RecordingTarget, flow_arguments, record, vendor_address
from tidegate.contracts.recording.refresh import RefreshedExchange
from tidegate.contracts.recording.refresh import refresh as ask_again
from tidegate.contracts.recording.wire_program import find_program
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.verdict import CaseVerdict
from tidegate.world.world import RealWorld

SUITE_AGE = "tidegate cassette age"
SUITE_REFRESH = "tidegate cassette refresh"

Output = Annotated[Path, typer.Option("--output", "-o", help="The cassette to write.")]
Whose = Annotated[str, typer.Option(help="Whose requests to take: a vendor's name, file or folder.")]
BaseUrl = Annotated[str | None, typer.Option(help="The vendor's address, if not the vendor file's.")]
NewTape = Annotated[Path | None, typer.Option("--output", "-o", help="Write today's exchanges to this cassette.")]
Tapes = Annotated[list[Path], typer.Argument(help="Cassettes.", metavar="FILE…")]


def har(
    path: Annotated[Path, typer.Argument(help="The HTTP archive.", metavar="FILE")],
    output: Output,
    vendor: Whose,
    secret: SecretNames = None,
    base_url: BaseUrl = None,
) -> None:
    """Write a cassette from an HTTP archive. Credentials and cookies are left out."""
    loaded = load_vendor(find_vendor(vendor)).vendor
    address = vendor_address(loaded.facts.base_url if base_url is None else base_url)
    saved = archive.read(path, address)
    lost = f"; {saved.bodiless} whose answer's body is not in the archive" if saved.bodiless else ""
    others = saved.others - saved.bodiless
    if not saved.exchanges:
        raise UsageError(f"{path}: none of its {others} requests went to {address}{lost}")
    began_s = saved.began_s if saved.began_s is not None else RealWorld().wall()
    with Recorder(output, loaded.vendor, Redactor(secret_values(secret)), began_s) as recorder:
        for exchange in saved.exchanges:
            recorder.write(exchange)
    print(f"{len(saved.exchanges)} exchanges written to {output}; {others} requests to others left out{lost}")


def flows(
    path: Annotated[Path, typer.Argument(help="The flow file.", metavar="FILE")],
    output: Output,
    vendor: Whose,
    secret: SecretNames = None,
    base_url: BaseUrl = None,
    hide: Hide = None,
) -> None:
    """Write a cassette from a flow file of mitmproxy's. Credentials, cookies, and numbers of cards are left out."""
    loaded = load_vendor(find_vendor(vendor)).vendor
    address = vendor_address(loaded.facts.base_url if base_url is None else base_url)
    target = RecordingTarget(loaded.vendor, address, output, secret_values(secret), hidden_patterns(hide))
    with tempfile.TemporaryDirectory() as home:
        arguments = flow_arguments(path, Path(home))
        result = asyncio.run(record(find_program(os.environ), arguments, target, _read_alone, RealWorld().wall()))
    if not result.written:
        output.unlink(missing_ok=True)
        raise UsageError(f"{path}: none of its {result.others} requests went to {address}")
    for line in result.left_out:
        typer.echo(plain(f"left out: {line}"), err=True)
    print(f"{result.written} exchanges written to {output}; {result.others} requests to others left out")


async def _read_alone(_port: int, _stop: Callable[[], None]) -> None:
    """A flow file is read without anybody's help."""


def age(
    paths: Tapes,
    max_age: Annotated[str | None, typer.Option(help="Exit with 1 where one is older, like 30d.")] = None,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Print how old cassettes are. With --max-age a stale one, or one of unknown age, is exit code 1."""
    age_max_s = _duration(max_age)
    now_s = RealWorld().wall()
    ages = [age_of(path, now_s) for path in paths]
    if as_json:
        print(json.dumps({"cassettes": [{**asdict(one), "path": str(one.path)} for one in ages]}, sort_keys=True))
    else:
        for one in ages:
            print(plain(f"{one.path}: {one.vendor or 'no vendor'}, {one.exchanges} exchanges, {one.text}"))
    cases = [one.verdict(age_max_s) for one in ages]
    for case in cases:
        for line in case.broken:
            typer.echo(plain(f"{case.name}: {line}"), err=True)
    leave(cases, SUITE_AGE, junit_file, github=github, as_json=as_json)


def refresh(
    path: Annotated[Path, typer.Argument(help="The cassette.", metavar="FILE")],
    url: Annotated[str | None, typer.Option(help="The address to ask, if not the vendor file's.")] = None,
    output: NewTape = None,
    writes: Annotated[bool, typer.Option("--writes", help="Ask for writes again, too: they are carried out.")] = False,
    values: Annotated[bool, typer.Option("--values", help="Tell values that are others, too.")] = False,
    token_env: TokenEnv = None,
    header: PlainHeaders = None,
    header_env: SecretHeaders = None,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Ask a vendor again for what is on a cassette, and print what changed. Exits with 1 where something did."""
    headers = sent_headers(token_env, header, header_env)
    head = read_head(path)
    address = vendor_address(load_vendor(find_vendor(head.vendor)).vendor.facts.base_url if url is None else url)
    began_s = RealWorld().wall()
    done = asyncio.run(_asked_again(path, address, headers, writes=writes, values=values))
    if output is not None:
        with Recorder(output, head.vendor, Redactor(_hidden_values(headers)), began_s) as recorder:
            for one in done:
                recorder.write(one.now or one.old)
    if as_json:
        print(json.dumps({"exchanges": [_shown(one) for one in done]}, sort_keys=True))
    else:
        for line in _lines(done):
            print(plain(line))
    cases = [CaseVerdict(one.place, [str(change) for change in one.changed]) for one in done if one.now is not None]
    nothing = [CaseVerdict(str(path), (), ["nothing on it can be asked again"])]
    leave(cases or nothing, SUITE_REFRESH, junit_file, github=github, as_json=as_json)


async def _asked_again(
    path: Path, address: str, headers: Mapping[str, str], *, writes: bool, values: bool
) -> list[RefreshedExchange]:
    exchanges = tuple(read(path))
    return [one async for one in ask_again(exchanges, address, headers, writes=writes, values=values)]


def _hidden_values(headers: Mapping[str, str]) -> list[str]:
    """What was sent, and the parts of it that are secrets: an answer may repeat them."""
    return [part for value in headers.values() for part in {value, value.partition(" ")[2] or value}]


def _lines(done: Sequence[RefreshedExchange]) -> list[str]:
    lines = [f"{one.place}: not asked again: {one.passed_over}" for one in done if one.passed_over]
    lines += [f"{one.place}: {change}" for one in done for change in one.changed]
    asked = sum(one.now is not None for one in done)
    return [*lines, f"{asked} of {len(done)} exchanges asked again, {sum(bool(one.changed) for one in done)} changed"]


def _shown(one: RefreshedExchange) -> dict[str, object]:
    changed = [{"place": change.place, "was": change.was, "now": change.now} for change in one.changed]
    return {"request": one.place, "asked": one.now is not None, "passed_over": one.passed_over, "changed": changed}


def _duration(written: str | None) -> float | None:
    if written is None:
        return None
    try:
        return parse_duration(written)
    except ValueError as error:
        raise UsageError(f"--max-age {written}: {error}") from None
