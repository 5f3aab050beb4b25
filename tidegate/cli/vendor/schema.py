"""`tidegate schema`: the vendor file described, for editors or for people."""

import json
from typing import Annotated

import typer

from tidegate.vendor.vendor_schema import vendor_reference, vendor_schema


def schema(
    *,
    reference: Annotated[
        bool, typer.Option("--reference", help="Print the reference page (Markdown) instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of the vendor file."""
    if reference:
        typer.echo(vendor_reference(), nl=False)
        return
    # Not sorted: the fields stand in the order in which a vendor file is written.
    typer.echo(json.dumps(vendor_schema(), indent=2))
