"""`tidegate cassette har FILE`: turns what a browser or a proxy saved into a cassette for the simulator."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor
from tidegate.simulator.cassette import har as archive
from tidegate.simulator.cassette.cassette import Recorder
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor


def har(
    path: Annotated[Path, typer.Argument(help="The HTTP archive.", metavar="FILE")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The cassette to write.")],
    vendor: Annotated[str, typer.Option(help="Whose requests to take: a vendor's name, file or folder.")],
    secret: Annotated[
        list[str] | None,
        typer.Option(help="The environment variable of a value to hide.", metavar="NAME"),
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="The vendor's address, if not the vendor file's.")] = None,
) -> None:
    """Write a cassette from an HTTP archive. Credentials and cookies are left out."""
    loaded = load_vendor(find_vendor(vendor)).vendor
    exchanges, others = archive.read(path, base_url or loaded.facts.base_url)
    if not exchanges:
        raise UsageError(f"{path}: none of its {others} requests went to {base_url or loaded.facts.base_url}")
    with Recorder(output, loaded.vendor, Redactor(_values(secret or []))) as recorder:
        for exchange in exchanges:
            recorder.write(exchange)
    print(f"{len(exchanges)} exchanges written to {output}; {others} requests to others left out")


def _values(names: list[str]) -> list[str]:
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise UsageError(f"{missing[0]} is not set; --secret names an environment variable")
    return [os.environ[name] for name in names]
