"""`tidegate discover …`: what apps really call, as a running proxy has seen it, and first vendor files of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidegate.check.checking import check_file
from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.proxy.discovery.discovery_document import DiscoveredHost
from tidegate.proxy.discovery.document_draft import document_draft
from tidegate.proxy.discovery.vendor_draft import vendor_draft, vendor_name

Admin = Annotated[str | None, typer.Option(help="The proxy's admin port.", envvar="TIDEGATE_ADMIN", metavar="URL")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="The proxy's file; ./tidegate.yaml by default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
NOTHING_SEEN = "none: nothing was seen yet; vendors with `unlisted: report` are watched, and what goes to other hosts"
Hosts = Annotated[list[str] | None, typer.Argument(help="Only these hosts.", metavar="[HOST]…")]


def status(*, admin: Admin = None, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Print how much was seen: calls, hosts, unsafe retries, and what had no room."""
    overview = AdminPort(admin_access(admin, config)).get("/discovery")
    if as_json:
        typer.echo(json.dumps(overview, indent=2))
        return
    words = ("calls", "hosts", "segments", "unsafe", "unkept", "hosts_unkept", "dropped")
    typer.echo("  ".join(f"{word} {overview[word]}" for word in words))
    for one in overview["unsafe_retries"]:
        typer.echo(plain(f"unsafe retry: {one['app']}: {one['method']} {one['host']}{one['path']}"))


def list(  # noqa: A001 - the command's name
    hosts: Hosts = None, *, admin: Admin = None, config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Print the hosts and operations that apps called."""
    found = _found(AdminPort(admin_access(admin, config)), hosts or [])
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for head in ("host", "method", "template", "calls", "answers", "keys", "retries"):
        table.add_column(head)
    for document in found:
        for one in document["operations"]:
            answers = ", ".join(f"{status} ×{times}" for status, times in one["statuses"].items())
            unsafe = f"{one['unsafe']} unsafe" if one["unsafe"] else ""
            row = (document["host"], one["method"], one["template"], str(one["calls"]), answers, str(one["keyed"]))
            table.add_row(*map(Text, map(plain, (*row, unsafe))))
    console = Console(highlight=False)
    (console if console.is_terminal else Console(highlight=False, width=400)).print(table)


def write(
    hosts: Hosts = None,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write into.")],
    admin: Admin = None,
    config: ConfigFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Write a vendor file and a document for each host, and print what `tidegate check` says of them."""
    failed, names = False, set[str]()
    for document in _found(AdminPort(admin_access(admin, config)), hosts or []):
        host = DiscoveredHost.read(document)
        if not host.operations:
            typer.echo(f"{host.host}: only tunnels that nobody opened; open it to see its operations", err=True)
            continue
        name = _unique(vendor_name(host.host), names)
        file = write_draft(host, name, output / name, force=force)
        findings = check_file(file, name)
        failed = failed or any(finding.severity == "error" for finding in findings)
        for finding in findings:
            typer.echo(str(finding))
        typer.echo(f"{file}: {len(host.operations)} operations of {host.host}")
    if failed:
        raise typer.Exit(1)


def write_draft(host: DiscoveredHost, name: str, folder: Path, *, force: bool) -> Path:
    """Write both files of a host into a folder. Raises UsageError where there are files already."""
    file, document = folder / "vendor.yaml", folder / "openapi.json"
    if not force and (file.exists() or document.exists()):
        raise UsageError(f"{file}: it is there already; give another folder with -o, or --force")
    folder.mkdir(parents=True, exist_ok=True)
    drafted = document_draft(host.host, f"{host.scheme}://{host.host}", host.operations)
    document.write_text(json.dumps(drafted, indent=2) + "\n", encoding="utf-8")
    file.write_text(vendor_draft(host, name).text, encoding="utf-8")
    return file


def _found(port: AdminPort, hosts: Sequence[str]) -> Sequence[Any]:
    names = hosts or [one["host"] for one in port.get("/discovery")["hosts_seen"]]
    if not names:
        typer.echo(NOTHING_SEEN, err=True)
    return [port.get(f"/discovery/{quote(name, safe='')}") for name in names]


def _unique(name: str, names: set[str]) -> str:
    unique, number = name, 2
    while unique in names:
        unique, number = f"{name}-{number}", number + 1
    names.add(unique)
    return unique
