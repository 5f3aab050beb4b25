"""The assembly of one simulated vendor: its parts, made from its document and its facts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidegate.openapi.document import Document
from tidegate.simulator.answer.error_envelope import Refusals
from tidegate.simulator.behaviour.callbacks import Callbacks
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload
from tidegate.simulator.behaviour.idempotency_keys import IdempotencyKeys
from tidegate.simulator.behaviour.webhooks import WebhookSender
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.simulator.door.enforced_limits import EnforcedLimits
from tidegate.simulator.door.oauth import AuthorizationServer, Letters
from tidegate.simulator.door.operation_match import OperationMatcher
from tidegate.simulator.objects.payments import lifecycles_of
from tidegate.simulator.objects.service import Service
from tidegate.simulator.record.journal import Journal
from tidegate.simulator.request.request_reader import RequestReaders
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.vendor_parts import VendorParts
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.vendor import Facts, Vendor, WebhookFacts
from tidegate.world.world import World

if TYPE_CHECKING:
    from tidegate.simulator.behaviour.graphql import GraphQLEndpoint


def assemble(
    world: World,
    document: Document,
    vendor: Vendor,
    seed: int,
    secrets: tuple[str, ...],
    webhook_secrets: tuple[str, ...],
    fixtures: Mapping[str, Any],
) -> VendorParts:
    """The parts. `secrets` are the keys that are right, `webhook_secrets` sign what the vendor sends."""
    facts = vendor.facts
    operations, generator = ResourceOperations(document, facts.resources), _generator(document, facts, seed)
    letters = generator.letters
    places, faults = Places(document, letters), Faults(lambda name: world.random(f"simulator {seed} {name}"))
    journal, service = Journal(), _service(world, facts, operations, generator, fixtures)
    at = lambda: world.now() - parts.began  # noqa: E731 - a reset puts that forward
    hooks, payload = facts.webhooks or WebhookFacts(), DocumentedPayload(document, generator)
    parts: VendorParts = VendorParts(
        world=world,
        facts=facts,
        document=document,
        addresses=OperationMatcher(document, facts.base_url),
        readers=RequestReaders(document, facts.errors.unknown_parameters),
        resource_operations=operations,
        generator=generator,
        service=service,
        refusals=Refusals(facts.errors, document, generator),
        limits=EnforcedLimits(facts.limits, facts.quotas, facts.concurrency),
        faults=faults,
        keys=_keys(facts),
        places=places,
        journal=journal,
        webhooks=WebhookSender(world, hooks, faults, places, letters, at, journal.webhook, webhook_secrets, payload),
        callbacks=Callbacks(payload),
        authority=_authority(facts, secrets, letters),
        graphql=_graphql(facts, generator, service),
        secrets=secrets,
        began=world.now(),
    )
    service.event_log.listener = parts.webhooks.happened
    return parts


def _generator(document: Document, facts: Facts, seed: int) -> ValueGenerator:
    return ValueGenerator(seed, document.schemas, facts.resources.nulls)


def _authority(facts: Facts, secrets: tuple[str, ...], letters: Letters) -> AuthorizationServer | None:
    oauth = facts.auth.oauth
    first = secrets[0] if secrets else None
    return AuthorizationServer(oauth, first, letters, facts.auth.tokens) if oauth is not None else None


def _graphql(facts: Facts, generator: ValueGenerator, service: Service) -> "GraphQLEndpoint | None":
    if facts.graphql is None:
        return None
    from tidegate.simulator.behaviour.graphql import (
        GraphQLEndpoint,  # a tenth of a second, and few vendors speak GraphQLEndpoint
    )

    return GraphQLEndpoint(facts.graphql, generator.letters, service.store, service.event_log)


def _service(
    world: World,
    facts: Facts,
    operations: ResourceOperations,
    generator: ValueGenerator,
    fixtures: Mapping[str, Any],
) -> Service:
    return Service(
        operations,
        lifecycles_of(operations.kinds),
        generator,
        api_version=facts.versioning.pin if facts.versioning else None,
        later=world.call_later,
        wall=world.wall,
        facts=facts.resources,
        fixtures=fixtures,
        conversation_facts=facts.conversations,
    )


def _keys(facts: Facts) -> IdempotencyKeys | None:
    hint = facts.errors.retry_hint
    if facts.idempotency is None:
        return None
    by_account = facts.auth.pool.keys == "account"
    name = hint.header if hint else None
    return IdempotencyKeys(facts.idempotency, name, facts.request_id.header, by_account=by_account)
