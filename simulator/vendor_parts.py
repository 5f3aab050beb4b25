"""The parts of one simulated vendor, for those that a request passes through.

Data only; simulator.assembly puts the parts together.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.cassette.cassette_file import Recorder
from tidegate.openapi.document import Document
from tidegate.simulator.answer.error_envelope import Refusals
from tidegate.simulator.behaviour.callbacks import Callbacks
from tidegate.simulator.behaviour.idempotency_keys import IdempotencyKeys
from tidegate.simulator.behaviour.webhooks import WebhookSender
from tidegate.simulator.cassette.cassette import Cassette
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.simulator.door.enforced_limits import EnforcedLimits
from tidegate.simulator.door.oauth import AuthorizationServer
from tidegate.simulator.door.operation_match import OperationMatcher
from tidegate.simulator.objects.service import Service
from tidegate.simulator.record.journal import Journal
from tidegate.simulator.request.request_reader import RequestReaders
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.places import Places
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.vendor import Facts
from tidegate.world.world import World

if TYPE_CHECKING:
    from tidegate.simulator.behaviour.graphql import GraphQLEndpoint


@dataclass(slots=True)
class VendorParts:
    """The parts that an exchange passes through. `began` is the monotonic second at which the run started."""

    world: World
    facts: Facts
    document: Document
    addresses: OperationMatcher
    readers: RequestReaders
    resource_operations: ResourceOperations
    generator: ValueGenerator
    service: Service
    refusals: Refusals
    limits: EnforcedLimits
    faults: Faults
    places: Places
    keys: IdempotencyKeys | None
    journal: Journal
    webhooks: WebhookSender
    callbacks: Callbacks
    authority: AuthorizationServer | None
    graphql: "GraphQLEndpoint | None"
    secrets: tuple[str, ...]
    """The keys that are right; where there are none every key is."""
    began: float
    cassette: Cassette | None = None
    """Answers that were recorded; what is not on it is answered as ever."""
    recorder: Recorder | None = None
