"""`tidegate ca init` and `tidegate ca export`: the CA with which the forward proxy opens connections.

The hosts that it may speak for are those that tidegate.yaml means: vendors' servers, and rules that say `open`.
"""

import os
import ssl
from pathlib import Path
from typing import Annotated

import typer

from tidegate.problems import UsageError
from tidegate.proxy.config import Config, load_config
from tidegate.proxy.configured_vendors import use_of, vendor_files
from tidegate.proxy.forward.certificate_authority import CERTIFICATE_FILE, KEY_FILE, LIFE_DAYS, make_authority
from tidegate.proxy.forward.forward_policy import authority_of, passphrase_of
from tidegate.proxy.forward.vendor_origins import tls_host_of
from tidegate.proxy.settings.forward_config import ForwardCA
from tidegate.vendor.vendor_file import load_vendor
from tidegate.whole_file import write_whole
from tidegate.world.world import RealWorld

ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="tidegate.yaml; the one in this folder, where it is left out.")
]


def init(
    *,
    config: ConfigFile = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is good for.")] = LIFE_DAYS,
    host: Annotated[list[str] | None, typer.Option(help="A further host: a name, *.suffix, an address.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the one that is there.")] = False,
) -> None:
    """Make the forward proxy's own CA."""
    settings = load_config(config)
    place = _place(settings)
    there = [file for name in (CERTIFICATE_FILE, KEY_FILE) if (file := place.folder / name).exists()]
    if there and not force:
        raise UsageError(f"{there[0]} is there; --force replaces it, and every app must then trust the new one")
    names = [*dict.fromkeys([*opened_hosts(settings), *(host or ())])]
    if not names:
        raise UsageError("nothing is opened: no vendor is reached by https, and no rule says `open`; name a --host")
    try:
        authority = make_authority(names, RealWorld().wall(), days)
    except ValueError as error:
        raise UsageError(f"--host: {error}") from None
    try:
        authority.write(place.folder, passphrase_of(place, os.environ))
    except OSError as error:
        raise UsageError(f"{place.folder}: {error.strerror}") from None
    typer.echo(f"{place.folder / CERTIFICATE_FILE} is the certificate: apps must trust it.")
    typer.echo(f"{place.folder / KEY_FILE} is its key: keep it to yourself.")
    typer.echo(f"It is good for {days} days, for {', '.join(authority.names)}.")
    if settings.forward is None or settings.forward.ca is None:
        typer.echo("Write `forward: {ca: {}}` into tidegate.yaml to use it.")


def export(
    *,
    config: ConfigFile = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="A file, instead of standard output.", show_default=False)
    ] = Path("-"),
    bundle: Annotated[
        bool, typer.Option("--bundle", help="The system's CAs too, for apps that then trust no others.")
    ] = False,
) -> None:
    """Print the CA's certificate, for apps to trust. Its key is never printed."""
    settings = load_config(config)
    authority = authority_of(_place(settings), os.environ)
    pem = authority.certificate_pem
    if bundle:
        pem = system_authorities() + pem
    write_whole(output, pem.decode("utf-8", "backslashreplace"))


def opened_hosts(settings: Config) -> list[str]:
    """The hosts that a configuration opens: names, `*.suffix`, addresses, networks."""
    hosts = []
    for name, path in vendor_files(settings).items():
        base_url = load_vendor(path).vendor.facts.base_url
        hosts += [host for url in (base_url, use_of(settings, name).base_url) if url and (host := tls_host_of(url))]
    rules = settings.forward.rules if settings.forward is not None else ()
    return hosts + [host for rule in rules if rule.action == "open" for host in rule.hosts]


def system_authorities() -> bytes:
    """The CAs that this system trusts, in PEM. Raises UsageError where no file has them."""
    places = ssl.get_default_verify_paths()
    for place in (places.cafile, places.openssl_cafile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/cert.pem"):
        if place and Path(place).is_file():
            return Path(place).read_bytes().rstrip() + b"\n"
    raise UsageError("this system keeps its CAs in no file that is known; add the certificate to yours by hand")


def _place(settings: Config) -> ForwardCA:
    """The folder of the CA, where tidegate.yaml names none too."""
    return (settings.forward and settings.forward.ca) or ForwardCA()
