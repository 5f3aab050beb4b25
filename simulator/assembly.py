"""Puts the parts of one simulated vendor together, from its document and its facts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidegate.openapi.document import Document
from tidegate.simulator.answer.error_envelope import Refusals
from tidegate.simulator.behaviour.keys import Keys
from tidegate.simulator.behaviour.webhooks import WebhookSender
from tidegate.simulator.document.shapes import Shapes
from tidegate.simulator.door.enforced_limits import EnforcedLimits
from tidegate.simulator.door.oauth import AuthorizationServer
from tidegate.simulator.door.operation_match import OperationMatcher
from tidegate.simulator.objects.payments import lifecycles_of
from tidegate.simulator.objects.service import Service
from tidegate.simulator.record.journal import Journal
from tidegate.simulator.request.reading import Readings
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.values.samples import Samples
from tidegate.simulator.vendor_parts import VendorParts
from tidegate.vendor.vendor import Facts, Vendor, WebhookFacts
from tidegate.world.world import World

if TYPE_CHECKING:
    from tidegate.simulator.behaviour.graphql import GraphQL


def assemble(
    world: World,
    document: Document,
    vendor: Vendor,
    seed: int,
    secret: str | None,
    webhook_secrets: tuple[str, ...],
    fixtures: Mapping[str, Any],
) -> VendorParts:
    """The parts. `secret` is the only key that is right, `webhook_secrets` sign what the vendor sends."""
    facts = vendor.facts
    shapes, samples = Shapes(document, facts.resources), Samples(seed, document.schemas)
    places = Places(document, samples.letters)
    faults = Faults(lambda name: world.random(f"simulator {seed} {name}"))
    journal, service = Journal(), _service(world, facts, shapes, samples, fixtures)
    oauth, webhooks = facts.auth.oauth, facts.webhooks or WebhookFacts()
    at = lambda: world.now() - parts.began  # noqa: E731 - a reset puts that forward
    parts: VendorParts = VendorParts(
        world=world,
        facts=facts,
        document=document,
        addresses=OperationMatcher(document, facts.base_url),
        readings=Readings(document, facts.errors.unknown_parameters),
        shapes=shapes,
        samples=samples,
        service=service,
        refusals=Refusals(facts.errors, document, samples),
        limits=EnforcedLimits(facts.limits, facts.quotas, facts.concurrency),
        faults=faults,
        keys=_keys(facts),
        places=places,
        journal=journal,
        webhooks=WebhookSender(world, webhooks, faults, places, samples.letters, at, journal.webhook, webhook_secrets),
        authority=AuthorizationServer(oauth, secret, samples.letters) if oauth is not None else None,
        graphql=_graphql(facts, samples, service),
        secret=secret,
        began=world.now(),
    )
    parts.service.chronicle.listening = parts.webhooks.happened
    return parts


def _graphql(facts: Facts, samples: Samples, service: Service) -> "GraphQL | None":
    if facts.graphql is None:
        return None
    from tidegate.simulator.behaviour.graphql import GraphQL  # a tenth of a second, and few vendors speak GraphQL

    return GraphQL(facts.graphql, samples.letters, service.holdings, service.chronicle)


def _service(world: World, facts: Facts, shapes: Shapes, samples: Samples, fixtures: Mapping[str, Any]) -> Service:
    return Service(
        shapes,
        lifecycles_of(shapes.kinds),
        samples,
        api_version=facts.versioning.pin if facts.versioning else None,
        later=world.call_later,
        wall=world.wall,
        facts=facts.resources,
        fixtures=fixtures,
        talks=facts.conversations,
    )


def _keys(facts: Facts) -> Keys | None:
    hint = facts.errors.retry_hint
    if facts.idempotency is None:
        return None
    return Keys(facts.idempotency, hint.header if hint else None, facts.request_id.header)
