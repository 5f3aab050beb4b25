"""`tidegate new`: a vendor file, an adapter, a consumer test and a scenario to begin with, from a vendor's document."""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar, get_args

import typer

from tidegate.configfile.units import parse_duration, parse_rate, parse_secret
from tidegate.openapi.document import Document, DocumentError
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.scaffold.answers import CRITICALITIES, MUST_ANSWER, SENSITIVITIES, VendorAnswers
from tidegate.scaffold.document_credential import document_credentials
from tidegate.scaffold.new_vendor import NewVendor, create_vendor, refuse_existing
from tidegate.vendor.signature_facts import Scheme

Answer = TypeVar("Answer")

OWN = Path("adapters")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_AUTH = re.compile(r"bearer|basic|header(:[!#$%&'*+.^_`|~0-9A-Za-z-]+)?|query(:[A-Za-z0-9_.~-]{1,128})?")

Purpose = Annotated[str, typer.Option(help="What it is used for, in a sentence.")]
Operations = Annotated[
    list[str] | None,
    typer.Option("--operation", help="An operation that is used, by id or pattern. Repeat it.", metavar="ID"),
]
KeyPlace = Annotated[str, typer.Option(help="bearer, basic, header:NAME or query:NAME, where the document is wrong.")]
SecretPlace = Annotated[str, typer.Option(help="Where its key is: env:NAME or file:/path.")]
Scopes = Annotated[str, typer.Option(help="What the key may do, in words.")]
Limits = Annotated[
    list[str] | None, typer.Option("--limit", help="A limit of the account, like 100/s. Repeat it.", metavar="RATE")
]
Webhooks = Annotated[str, typer.Option(help="none, or how its webhooks are signed.", metavar="SCHEME")]
Downtime = Annotated[str, typer.Option(help="How long work may wait while it is away: 0s, 5m, 4h.", metavar="TIME")]
SensitivityName = Annotated[str, typer.Option(help="What the data is: public, internal or personal.")]
CriticalityName = Annotated[str, typer.Option(help="How bad it is when it is away: high, medium or low.")]
Owner = Annotated[str, typer.Option(help="The team that answers for it.")]
Region = Annotated[str, typer.Option(help="Where it keeps the data.")]
BaseUrl = Annotated[str, typer.Option(help="Its address, where the document's is not the one.")]


def new(
    vendor: Annotated[str, typer.Argument(help="The name of the new vendor, like shop.", metavar="VENDOR")],
    *,
    spec: Annotated[Path, typer.Option("--spec", help="Its OpenAPI document.", metavar="FILE")],
    purpose: Purpose = "",
    operations: Operations = None,
    auth: KeyPlace = "",
    secret: SecretPlace = "",
    scopes: Scopes = "",
    limits: Limits = None,
    webhooks: Webhooks = "",
    downtime: Downtime = "",
    sensitivity: SensitivityName = "",
    criticality: CriticalityName = "",
    owner: Owner = "",
    region: Region = "",
    base_url: BaseUrl = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to put its folder into.")] = OWN,
) -> None:
    """Begin with a vendor: vendor file, adapter, consumer test and scenario, from its document.

    At a terminal what is not given is asked for. Elsewhere the document must do: what it cannot say is an error here,
    and what it leaves open is listed in the vendor file. Nothing that is there is changed.
    """
    if not _NAME.fullmatch(vendor):
        raise UsageError(f"{vendor!r} is no name of a vendor; write small letters, digits and hyphens, like shop-eu")
    refuse_existing(output / vendor)
    document = _read(spec)
    given = {"purpose": purpose, "downtime": downtime, "sensitivity": sensitivity, "criticality": criticality}
    given |= {"owner": owner, "region": region, "webhooks": webhooks, "auth": auth, "secret": secret}
    given |= {"limits": " ".join(limits or ()), "operations": ",".join(operations or ())}
    if at_terminal():
        given = _asked(given, document)
    missing = [f"  --{name}: {what}" for name, what in MUST_ANSWER.items() if not given[name].strip()]
    if missing:
        raise UsageError("these answers are in no document, and nobody is there to be asked:\n" + "\n".join(missing))
    _tell(create_vendor(_checked(vendor, given, scopes, base_url), spec, output))


def _checked(vendor: str, given: Mapping[str, str], scopes: str, base_url: str) -> VendorAnswers:
    """The answers as values. Raises UsageError for one that cannot be used."""
    return VendorAnswers(
        vendor=vendor,
        purpose=given["purpose"].strip(),
        downtime_s=_valid("--downtime", parse_duration, given["downtime"]),
        sensitivity=_one_of("--sensitivity", given["sensitivity"], SENSITIVITIES),
        criticality=_one_of("--criticality", given["criticality"], CRITICALITIES),
        operations=tuple(filter(None, map(str.strip, given["operations"].split(",")))),
        auth=_auth(given["auth"]),
        secret=str(_valid("--secret", parse_secret, given["secret"])) if given["secret"] else "",
        scopes=scopes.strip(),
        limits=tuple(str(_valid("--limit", parse_rate, rate)) for rate in given["limits"].split()),
        webhooks=_one_of("--webhooks", given["webhooks"], ("none", *get_args(Scheme))) if given["webhooks"] else "",
        owner=given["owner"].strip(),
        region=given["region"].strip(),
        base_url=_address(base_url),
    )


def at_terminal() -> bool:
    """True where somebody is there to be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _read(spec: Path) -> Document:
    try:
        return Document.load(spec)
    except DocumentError as error:
        raise UsageError(f"--spec {error}") from None


def _asked(given: dict[str, str], document: Document) -> dict[str, str]:
    """Ask for what was not given; an empty answer leaves it to the document."""
    questions = {
        "purpose": ("What is it used for, in a sentence?", ""),
        "operations": ("Which operations are used (ids or patterns with commas between; empty: a few)?", ""),
        "auth": ("Where does the key go (bearer, basic, header:NAME, query:NAME)?", _key_place(document)),
        "limits": ("What are the account's limits (like 100/s; empty: as the document says)?", ""),
        "webhooks": ("How are its webhooks signed (none, or a scheme; empty: decide later)?", ""),
        "downtime": ("How long may work wait while it is away (0s, 5m, 4h)?", "5m"),
        "sensitivity": (f"What is the data ({', '.join(SENSITIVITIES)})?", "internal"),
        "criticality": (f"How bad is it when it is away ({', '.join(CRITICALITIES)})?", "medium"),
        "owner": ("Which team answers for it?", ""),
        "region": ("Where does it keep the data?", ""),
    }
    answered = dict(given)
    for name, (question, default) in questions.items():
        if not answered[name]:
            answered[name] = str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()
    return answered


def _key_place(document: Document) -> str:
    found = document_credentials(document)
    return ":".join(filter(None, (found[0].scheme, found[0].place))) if found else ""


def _valid(flag: str, parse: Callable[[object], Answer], written: str) -> Answer:
    try:
        return parse(written)
    except ValueError as error:
        raise UsageError(f"{flag}: {error}") from None


def _one_of(flag: str, written: str, allowed: tuple[Answer, ...]) -> Answer:
    for one in allowed:
        if one == written:
            return one
    raise UsageError(f"{flag} {written}: write {', '.join(map(str, allowed))}")


def _auth(written: str) -> str:
    if written and not _AUTH.fullmatch(written):
        raise UsageError(f"--auth {written}: write bearer, basic, header:NAME or query:NAME")
    return written


def _address(written: str) -> str:
    if written and not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", written):
        raise UsageError(f"--base-url {written}: write an address without query, like https://api.shop.example/v1")
    return written.rstrip("/")


def _tell(made: NewVendor) -> None:
    for finding in made.findings:
        typer.echo(plain(f"{finding.severity}: {finding.message}"))
    refused = sum(bool(one.failure) for one in made.calls)
    typer.echo(f"{made.folder}: {len(made.calls)} calls, {len(made.calls) - refused} rehearsed with success", err=True)
    typer.echo(f"try: tidegate check {made.folder} && pytest {made.folder}", err=True)
