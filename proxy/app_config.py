"""The blocks of tidegate.yaml about apps: where one takes what Tidegate brings it, what placeholders it has.

What an app sends is ruled by `tokens`.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block, Pointer
from tidegate.configfile.units import Duration, Secret
from tidegate.configfile.web_address import WebAddress
from tidegate.policy.data import RegionName
from tidegate.proxy.config_paths import beside, secret_beside
from tidegate.proxy.config_values import AppName, ClientName, HostName

POST_S_MAX = 40.0
"""An app may take so long to answer: shorter than the lease of a delivery, by a margin."""


class AppEndpoint(Block):
    """An address of an app that Tidegate posts to, signed as Standard Webhooks. It may be a private address."""

    url: Annotated[WebAddress, Field(examples=["http://127.0.0.1:3000/webhooks"])]
    """The address. It may be on this machine or in a private network."""
    secrets: Annotated[tuple[Secret, ...], Field(min_length=1, max_length=10)]
    """The signing secrets, `whsec_` and 24 to 64 bytes in base64. It is signed with every one of them."""
    ca: Path | None = None
    """A PEM file of the CAs to trust for it instead of the system's."""
    timeout: Annotated[Duration, Field(gt=0, le=POST_S_MAX)] = 15.0
    """How long it may take to answer."""
    deadline: Annotated[Duration, Field(gt=0)] = 72 * 3600.0
    """What has not been delivered after so long is a dead letter."""


class AppWebhooks(AppEndpoint):
    """The address that gets webhooks of vendors."""

    order_by: Pointer | None = None
    """Where in the event the name stands of what must be told in order, like `/data/object/id`."""
    order: Literal["block", "skip", "latest-wins"] = "block"
    """What an event that cannot be delivered means to later ones of the same name."""
    skip_after: Annotated[int, Field(ge=1)] = 5
    """With `order: skip`: after so many tries later ones pass it."""


class CallQuota(Block):
    """How many calls an app may make, to all vendors together. What is left out is not bounded."""

    minute: Annotated[int, Field(ge=1, le=10**9)] | None = None
    """In 60 seconds, spread: so many at once, and then as they come back."""
    day: Annotated[int, Field(ge=1, le=10**12)] | None = None
    """In a day of UTC."""


Patterns = Annotated[tuple[Annotated[str, Field(pattern=r"^[^\s]{1,128}$")], ...], Field(max_length=1000)]
"""Ids of operations, or patterns like `Get*`; `unlisted` for what the document does not have."""


class AppSettings(Block):
    """One app."""

    clients: Annotated[tuple[ClientName, ...], Field(max_length=100)] = ()
    """Client certificates that are this app: `san:<name>` for a name in the certificate, or `sha256:<fingerprint>`."""
    uids: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**32 - 1)], ...], Field(max_length=100)] = ()
    """Users of this machine whose programs are this app when they come through the Unix socket."""
    allow: dict[str, Patterns] | None = None
    """Vendor → the operations that it may call. Without this block it may call everything."""
    calls: CallQuota = CallQuota()
    """How many calls it may make."""
    urgency: Annotated[int, Field(ge=0, le=7)] | None = None
    """The urgency of its calls where they name none (RFC 9218): 0 goes first, 7 last."""
    approve: Annotated[Annotated[Literal["writes"], WORD] | Annotated[dict[str, Patterns], BLOCK], BY_SHAPE] | None = (
        None
    )
    """The writes that wait until a person lets them go: all, or some operations of some vendors."""
    approve_within: Annotated[Duration, Field(ge=60, le=30 * 86_400)] = 86_400.0
    """A write that nobody has approved after so long is refused."""

    webhooks: AppWebhooks | None = None
    """The webhooks of vendors."""
    callback: AppEndpoint | None = None
    """The results of its writes that were carried out later."""
    region: RegionName | None = None
    """The region that its data is of; that of Tidegate where it is left out."""


class PlaceholderUse(Block):
    """One placeholder, `tg_` and its name: the secret behind it, and who may use it."""

    secret: Secret
    """A reference to the secret."""
    apps: Annotated[tuple[AppName, ...], Field(min_length=1)]
    """The apps that may use it."""
    hosts: Annotated[tuple[HostName, ...], Field(min_length=1, examples=[["api.partner.com"]])]
    """The hosts that may get the secret: those of a vendor's `base_url`."""


def app_placed_at(app: AppSettings, home: Path) -> AppSettings:
    """The block with every relative path made one from the folder of its file."""
    update: dict[str, AppEndpoint] = {}
    for name in type(app).model_fields:
        endpoint = getattr(app, name)
        if isinstance(endpoint, AppEndpoint):
            update[name] = endpoint_placed_at(endpoint, home)
    return app.model_copy(update=update)


def endpoint_placed_at(endpoint: AppEndpoint, home: Path) -> AppEndpoint:
    """The same for one address."""
    secrets = tuple(secret_beside(home, one) for one in endpoint.secrets)
    ca = endpoint.ca and beside(home, endpoint.ca)
    return endpoint.model_copy(update={"secrets": secrets, "ca": ca})
