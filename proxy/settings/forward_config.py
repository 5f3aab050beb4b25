"""The block `forward` of tidegate.yaml: the forward proxy, the hosts that apps reach through it, and its own CA.

What each rule means is tidegate.proxy.policies.destinations.host_rules.
"""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tidegate.configfile.block import Block
from tidegate.configfile.file_place import NewPath
from tidegate.configfile.units import Duration, Secret
from tidegate.policy.data import RegionName
from tidegate.proxy.config_paths import beside, secret_beside
from tidegate.proxy.config_values import AppName, Listen

RULES_MAX = 1000
_WILD = r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*"
HOST_PATTERN = rf"^({_WILD}|[0-9a-f.:]+(/\d{{1,3}})?)$"


_ADDRESS = re.compile(r".*:.*|(?:.*\.)?[0-9]+")
"""What is an address and no name (WHATWG URL, "ends in a number")."""


def _is_pattern(text: str) -> str:
    """The pattern as hosts are compared with it: an address in the one form that it has there."""
    if "/" in text:
        try:
            ip_network(text)
        except ValueError as error:
            raise ValueError(f"{text!r} is no network: {error}") from None
    elif _ADDRESS.fullmatch(text) is not None:
        try:
            return str(ip_address(text))
        except ValueError:
            raise ValueError(f"{text!r} is no IP address, and no name ends in a number") from None
    return text


HostPatternText = Annotated[
    str, Field(pattern=HOST_PATTERN, examples=["api.example.com", "*.example.com"]), AfterValidator(_is_pattern)
]
Port = Annotated[int, Field(ge=1, le=65535)]


class ForwardRule(Block):
    """Who may reach which hosts, and how. The first rule that covers a destination decides."""

    hosts: Annotated[tuple[HostPatternText, ...], Field(min_length=1, max_length=RULES_MAX)]
    """Names in lower case, `*.suffix` for every name below one, addresses, or networks."""
    action: Literal["tunnel", "open", "deny"]
    """`open` reads what goes through, with a certificate of Tidegate's own CA; `tunnel` passes it through unread."""
    ports: Annotated[tuple[Port, ...], Field(max_length=64)] = (443,)
    """Ports; every port, where the list is empty."""
    apps: Annotated[tuple[AppName, ...], Field(max_length=256)] = ()
    """Apps that it is for; every app, where the list is empty."""
    private_addresses: Literal["refuse", "warn", "allow"] = "refuse"
    """What is done where the host has an address that is not public."""
    server_name: Literal["same", "any"] = "same"
    """Which server a TLS handshake in a tunnel may name (SNI): the one of its CONNECT, or any. On a shared address
    another name leads to another server."""
    region: RegionName | None = None
    """Where these hosts keep what they are sent. With rules of `residency` nothing goes to where that is not known."""


class ForwardCA(Block):
    """The CA that opened connections are signed with: made by `tidegate ca init`."""

    folder: NewPath = Path(".tidegate/ca")
    """The folder of its certificate, ca.pem, and its key, ca.key."""
    passphrase: Secret | None = None
    """What its key is sealed with; None where the file's permissions alone keep it."""
    leaf_life: Annotated[Duration, Field(ge=600, le=7 * 86_400.0)] = 86_400.0
    """How long a certificate of a host is good for."""


class ForwardSettings(Block):
    """The forward proxy."""

    listen: Listen | None = None
    """A port of its own; the gateway's takes its requests, where this is left out."""
    mode: Literal["enforce", "warn"] = "enforce"
    """`warn` lets through what no rule allows, and writes down that it did."""
    rules: Annotated[tuple[ForwardRule, ...], Field(max_length=RULES_MAX)] = ()
    """Who may reach which hosts; the first rule that covers a destination decides."""
    ca: ForwardCA | None = None
    """The CA; None where nothing is opened."""
    connect: Annotated[Duration, Field(gt=0, le=60)] = 5.0
    """How long a connection to a host that is no vendor's may take."""
    first_byte: Annotated[Duration, Field(gt=0)] = 120.0
    """How long a host that is no vendor's may take to answer."""
    idle: Annotated[Duration, Field(gt=0)] = 300.0
    """A tunnel, or a body, on which nothing moves for so long is given up."""
    total: Annotated[Duration, Field(gt=0)] = 24 * 3600.0
    """How long a tunnel may last."""
    handshake: Annotated[Duration, Field(gt=0, le=60)] = 10.0
    """How long an app may take for its TLS handshake."""
    tunnels_max: Annotated[int, Field(ge=1)] = 4096
    """Tunnels at once."""


def forward_placed_at(forward: ForwardSettings, home: Path) -> ForwardSettings:
    """The block with every relative path made one from the folder of its file."""
    ca = forward.ca
    if ca is None:
        return forward
    passphrase = ca.passphrase and secret_beside(home, ca.passphrase)
    placed = ca.model_copy(update={"folder": beside(home, ca.folder), "passphrase": passphrase})
    return forward.model_copy(update={"ca": placed})
