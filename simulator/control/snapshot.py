"""A snapshot: what the vendor holds and remembers, as plain data that can be saved and put back.

Objects, uploaded files, what was deleted, moves that are still to come, idempotency keys, registered webhooks, and how
often each name was given, so that the same requests get the same answers after it. Not in it: the journal, armed
faults, what limits have counted, access tokens, and the clock.
"""

from base64 import b64decode, b64encode
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tidegate.simulator.behaviour.webhooks import WebhookEndpoint
from tidegate.simulator.objects.changes import PendingChange
from tidegate.simulator.objects.object_store import StoreCounters
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.values.json_value import Obj

if TYPE_CHECKING:
    from tidegate.simulator.exchange import Exchange
    from tidegate.simulator.vendor_parts import VendorParts

VERSION = 1


class _SnapshotBlock(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoredKey(_SnapshotBlock):
    """An idempotency key and its answer. `age_s` is how long ago it was first used; body and events are in base64."""

    place: str
    fingerprint: str
    age_s: float
    status: int
    headers: dict[str, str]
    body: str
    events: tuple[str, ...] = ()


class PendingMove(_SnapshotBlock):
    """A move that is still to come, in `in_s` seconds."""

    kind: str
    key: str
    move: str | int
    in_s: float
    name: str


class WebhookAddress(_SnapshotBlock):
    """An address that wants webhooks."""

    url: str
    events: tuple[str, ...]
    secret: str


class SnapshotFile(_SnapshotBlock):
    """An uploaded file, its bytes in base64."""

    kind: str
    key: str
    name: str
    media: str
    content: str


class Snapshot(_SnapshotBlock):
    """See the module."""

    snapshot: int = Field(ge=VERSION, le=VERSION)
    vendor: str
    objects: dict[str, list[tuple[str, Obj]]]
    placed: int
    gone: list[tuple[str, str]]
    numbers: list[tuple[str, str, int]]
    moves: list[PendingMove]
    names: dict[str, int]
    keys: list[StoredKey]
    webhooks: list[WebhookAddress]
    files: list[SnapshotFile] = []


def take(vendor: str, parts: "VendorParts", exchange: "Exchange") -> dict[str, Any]:
    """Everything, as data."""
    service, wall = parts.service, parts.world.wall()
    return Snapshot(
        snapshot=VERSION,
        vendor=vendor,
        objects=service.resources.taken(),
        placed=service.store.memory.placed,
        gone=sorted(service.store.memory.gone),
        numbers=sorted((kind, scope, last) for (kind, scope), last in service.store.memory.numbers.items()),
        moves=[
            PendingMove(kind=one.kind.name, key=one.key, move=one.move, in_s=one.wall - wall, name=one.name)
            for one in service.changes.pending
        ],
        names=dict(sorted(exchange.names.items())),
        keys=[StoredKey(**one) for one in parts.keys.described(exchange.at)] if parts.keys is not None else [],
        webhooks=[
            WebhookAddress(url=one.url, events=one.events, secret=one.secret) for one in parts.webhooks.registered
        ],
        files=[
            SnapshotFile(kind=kind, key=key, name=one.name, media=one.media, content=b64encode(one.content).decode())
            for kind, key, one in service.store.files.all()
        ],
    ).model_dump(mode="json")


def put_back(vendor: str, parts: "VendorParts", exchange: "Exchange", taken: object) -> None:
    """Replace what is there. Raises ValueError, and changes nothing, where this is no snapshot of this vendor."""
    try:
        found = Snapshot.model_validate(taken)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = "/".join(str(part) for part in first["loc"])
        raise ValueError(f"this is no snapshot: {place or 'it'}: {first['msg']}") from None
    if found.vendor != vendor:
        raise ValueError(f"this is a snapshot of {found.vendor!r}, and this vendor is {vendor!r}")
    kinds, service, wall = parts.resource_operations.kinds, parts.service, parts.world.wall()
    unknown = [one.kind for one in found.moves if one.kind not in kinds]
    if unknown:
        raise ValueError(f"this is a snapshot of another document: it has no kind {unknown[0]!r}")
    files = [
        (one.kind, one.key, UploadedFile(one.name, one.media, b64decode(one.content, validate=True)))
        for one in found.files
    ]
    if parts.keys is not None:
        parts.keys.put_back([one.model_dump() for one in found.keys], exchange.at)
    service.replace(found.objects)
    for name, key, upload in files:
        service.store.files.keep(name, key, upload)
    numbers = Counter({(kind, scope): last for kind, scope, last in found.numbers})
    service.store.memory = StoreCounters(found.placed, set(found.gone), numbers)
    for one in found.moves:
        service.changes.arrange(PendingChange(kinds[one.kind], one.key, one.move, wall + one.in_s, one.name))
    exchange.names.clear()
    exchange.names.update(found.names)
    parts.webhooks.registered[:] = [WebhookEndpoint(one.url, one.events, one.secret) for one in found.webhooks]
