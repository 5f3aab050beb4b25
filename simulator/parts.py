"""What one simulated vendor consists of, for those that a request passes through.

Data only; simulator.assembly puts the parts together.
"""

from dataclasses import dataclass

from tidegate.openapi import Document
from tidegate.simulator.addresses import Addresses
from tidegate.simulator.cassette import Cassette, Recorder
from tidegate.simulator.drift import Drifts
from tidegate.simulator.faults import Faults
from tidegate.simulator.graphql import GraphQL
from tidegate.simulator.journal import Journal
from tidegate.simulator.keys import Keys
from tidegate.simulator.limits import Limits
from tidegate.simulator.oauth import AuthorizationServer
from tidegate.simulator.reading import Readings
from tidegate.simulator.refusals import Refusals
from tidegate.simulator.samples import Samples
from tidegate.simulator.service import Service
from tidegate.simulator.shapes import Shapes
from tidegate.simulator.webhooks import Webhooks
from tidegate.vendor import Facts
from tidegate.world import World


@dataclass(slots=True)
class Parts:
    """The parts that an exchange passes through. `began` is the monotonic second at which the run started."""

    world: World
    facts: Facts
    document: Document
    addresses: Addresses
    readings: Readings
    shapes: Shapes
    samples: Samples
    service: Service
    refusals: Refusals
    limits: Limits
    faults: Faults
    drifts: Drifts
    keys: Keys | None
    journal: Journal
    webhooks: Webhooks
    authority: AuthorizationServer | None
    graphql: GraphQL | None
    secret: str | None
    began: float
    cassette: Cassette | None = None
    """Answers that were recorded; what is not on it is answered as ever."""
    recorder: Recorder | None = None
