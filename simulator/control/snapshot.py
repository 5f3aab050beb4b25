"""A snapshot: everything that the vendor stores, as plain data that can be saved and put back.

Objects, uploaded files, what was deleted, moves that are still to come, idempotency keys, registered webhooks, and how
often each name was given, so that the same requests get the same answers after it. Not in it: the journal, armed
faults, what limits have counted, access tokens, and the clock.
"""

from base64 import b64decode, b64encode
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tidegate.simulator.behaviour.sent_webhook import WebhookEndpoint
from tidegate.simulator.objects.lifecycle import PendingChange
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.storage.store_counters import StoreCounters
from tidegate.values.json_value import Obj

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
    belongings: list[tuple[str, str, str, list[str]]] = []


def take_snapshot(vendor: str, parts: "VendorParts", exchange: "Exchange") -> dict[str, Any]:
    """Everything, as data."""
    service, wall = parts.service, parts.world.wall()
    return Snapshot(
        snapshot=VERSION,
        vendor=vendor,
        objects=service.resources.items(),
        placed=service.store.counters.placed,
        gone=sorted(service.store.counters.gone),
        numbers=sorted((kind, scope, last) for (kind, scope), last in service.store.counters.numbers.items()),
        moves=[
            PendingMove(kind=move.kind.name, key=move.key, move=move.move, in_s=move.wall - wall, name=move.name)
            for move in service.changes.pending
        ],
        names=dict(sorted(exchange.names.items())),
        keys=[StoredKey(**key) for key in parts.keys.described(exchange.at)] if parts.keys is not None else [],
        webhooks=[
            WebhookAddress(url=address.url, events=address.events, secret=address.secret)
            for address in parts.webhooks.registered
        ],
        files=[
            SnapshotFile(kind=kind, key=key, name=file.name, media=file.media, content=b64encode(file.content).decode())
            for kind, key, file in service.store.files.all()
        ],
        belongings=service.store.belongings.described(),
    ).model_dump(mode="json")


def restore_snapshot(vendor: str, parts: "VendorParts", exchange: "Exchange", data: object) -> None:
    """Replace what is there. Raises ValueError, and changes nothing, where this is no snapshot of this vendor."""
    try:
        snapshot = Snapshot.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = "/".join(str(part) for part in first["loc"])
        raise ValueError(f"this is no snapshot: {place or 'it'}: {first['msg']}") from None
    if snapshot.vendor != vendor:
        raise ValueError(f"this is a snapshot of {snapshot.vendor!r}, and this vendor is {vendor!r}")
    kinds, service, wall = parts.resource_operations.kinds, parts.service, parts.world.wall()
    unknown = [move.kind for move in snapshot.moves if move.kind not in kinds]
    if unknown:
        raise ValueError(f"this is a snapshot of another document: it has no kind {unknown[0]!r}")
    files = [
        (file.kind, file.key, UploadedFile(file.name, file.media, b64decode(file.content, validate=True)))
        for file in snapshot.files
    ]
    if parts.keys is not None:
        parts.keys.restore([key.model_dump() for key in snapshot.keys], exchange.at)
    service.replace(snapshot.objects)
    service.store.belongings.replace(snapshot.belongings)
    for name, key, upload in files:
        service.store.files.put(name, key, upload)
    numbers = Counter({(kind, scope): last for kind, scope, last in snapshot.numbers})
    service.store.counters = StoreCounters(snapshot.placed, set(snapshot.gone), numbers)
    for move in snapshot.moves:
        service.changes.arrange(PendingChange(kinds[move.kind], move.key, move.move, wall + move.in_s, move.name))
    exchange.names.clear()
    exchange.names.update(snapshot.names)
    addresses = [WebhookEndpoint(address.url, address.events, address.secret) for address in snapshot.webhooks]
    parts.webhooks.registered[:] = addresses
