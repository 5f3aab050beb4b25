"""The block `apps` of tidegate.yaml: where an app takes what Tidegate brings it, and how that is signed.

What an app sends is ruled by `tokens`.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block, Pointer
from tidegate.configfile.units import Duration, Secret
from tidegate.proxy.config_paths import beside, secret_beside
from tidegate.proxy.config_values import URL

POST_S_MAX = 40.0
"""An app may take so long to answer: shorter than the lease of a delivery, by a margin."""


class AppEndpoint(Block):
    """An address of an app that Tidegate posts to, signed as Standard Webhooks. It may be a private address."""

    url: Annotated[str, Field(pattern=URL, examples=["http://127.0.0.1:3000/webhooks"])]
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


class AppSettings(Block):
    """One app."""

    webhooks: AppWebhooks | None = None
    """The webhooks of vendors."""
    callback: AppEndpoint | None = None
    """The results of its writes that were carried out later."""


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
