"""The block `inbox` of tidegate.yaml: where vendors' webhooks come in, from whom, and for which apps.

It knows nothing of how a vendor signs; that is the vendor file's.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.units import Duration, Secret
from tidegate.proxy.config_paths import secret_beside
from tidegate.proxy.config_values import AppName, HostName, Listen, ListenAddress, PublicUrl

SOURCE_NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"

SourceName = Annotated[str, Field(pattern=SOURCE_NAME, examples=["stripe"])]


class InboxSource(Block):
    """One sender of webhooks. Its path is its name: /<source>."""

    vendor: Annotated[str, Field(min_length=1, examples=["stripe"])]
    """The vendor whose file says how they are signed."""
    apps: Annotated[tuple[AppName, ...], Field(min_length=1, max_length=16)]
    """The apps that get them, each by itself."""
    events: Annotated[tuple[str, ...], Field(min_length=1, max_length=256)] = ("*",)
    """Names or patterns of the events that are passed on. Others are acknowledged, and go no further."""
    secrets: Annotated[tuple[Secret, ...], Field(max_length=10)] = ()
    """The signing secrets, newest first; those of the vendor file, where this is left out."""


class InboxSettings(Block):
    """The receiver of webhooks: a listener of its own, for vendors alone."""

    listen: Listen = ListenAddress("127.0.0.1", 8082)
    """Where vendors, or the reverse proxy before Tidegate, send webhooks."""
    public_url: PublicUrl | None = None
    """The inbox as vendors reach it. Some sign it."""
    hosts: tuple[HostName, ...] = ()
    """Names, without a port, that it answers to besides those it has anyway."""
    sources: dict[SourceName, InboxSource] = Field(default={})
    """Who sends webhooks, by the name that is the source's path."""
    body_max_bytes: Annotated[int, Field(ge=1024, le=26_214_400)] = 1_048_576
    """A larger webhook is refused. GitHub's may have 25 MiB."""
    body_timeout: Annotated[Duration, Field(gt=0)] = 5.0
    """How long a body may take to come."""
    commit_within: Annotated[Duration, Field(gt=0)] = 1.0
    """How long writing a webhook down may take before the vendor is asked to send it again; at most a third of the
    vendor's patience."""
    remember: Annotated[Duration, Field(ge=3600)] = 7 * 86_400.0
    """How long a webhook is known after it was delivered: until then the same one does not count again."""
    backlog_max: Annotated[int, Field(ge=1)] = 100_000
    """So many webhooks may wait for apps."""
    backlog_max_bytes: Annotated[int, Field(ge=1)] = 1_073_741_824
    """So many bytes of them."""
    backlog_max_age: Annotated[Duration, Field(gt=0)] = 7 * 86_400.0
    """The oldest of them may be so old."""
    connections_max: Annotated[int, Field(ge=8)] = 512
    """Connections of vendors at once."""


def inbox_placed_at(inbox: InboxSettings, home: Path) -> InboxSettings:
    """The block with every relative path made one from the folder of its file."""
    sources = {
        name: source.model_copy(update={"secrets": tuple(secret_beside(home, one) for one in source.secrets)})
        for name, source in inbox.sources.items()
    }
    return inbox.model_copy(update={"sources": sources})
