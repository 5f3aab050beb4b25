"""Which webhooks come from whom and go to which apps: what tidegate.yaml and the vendor files say, secrets read.

One value for all of it, so that a change comes into force whole, between two requests.
"""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from tidegate.configfile.wording import nearest
from tidegate.problems import UsageError
from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.config import Config
from tidegate.proxy.credentials.secret_reference import resolve, resolve_good
from tidegate.proxy.inbox_config import InboxSource
from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe, recipe_of
from tidegate.proxy.policies.webhooks.signature_keys import key_of
from tidegate.proxy.policies.webhooks.standard_webhooks import SigningKeys, signing_keys
from tidegate.redaction.secret import Secret
from tidegate.vendor.webhook_facts import WebhookFacts

Purpose = Literal["webhooks", "callback"]
"""What an app's address is for: webhooks of vendors, or the results of writes that were carried out later."""
EndpointKey = tuple[str, Purpose]
"""App and purpose."""
OURSELVES = "tidegate"
"""The vendor of a delivery that no vendor sent: the result of a write."""
EVENT_APP = "tidegate:events"
"""The app that is told of dead letters: whoever is named under `events`. No other app can have this name."""

Facts = Mapping[str, WebhookFacts | None]
"""Vendor → what its file says of webhooks."""


@dataclass(frozen=True, slots=True)
class WebhookSource:
    """One sender, ready to be verified."""

    name: str
    vendor: str
    facts: WebhookFacts
    recipe: WebhookRecipe
    secrets: tuple[Secret, ...]
    """The signing secrets, newest first."""
    token: Secret | None
    """The token that comes with the vendor's question whether the address is ours."""
    apps: tuple[str, ...]
    events: tuple[str, ...]

    def wants(self, event: str) -> bool:
        """Whether an event of this name is passed on."""
        return any(fnmatchcase(event, pattern) for pattern in self.events)


@dataclass(frozen=True, slots=True)
class EndpointRoute:
    """One address of an app, ready to be posted to. `trust` are the CA certificates; empty for the system's."""

    app: str
    settings: AppEndpoint
    secrets: tuple[Secret, ...]
    keys: SigningKeys
    trust: bytes = b""


@dataclass(frozen=True, slots=True)
class WebhookRoutes:
    """Everything of it."""

    sources: Mapping[str, WebhookSource]
    endpoints: Mapping[EndpointKey, EndpointRoute]

    @property
    def events(self) -> AppEndpoint | None:
        """Who is told of dead letters; None for nobody."""
        route = self.endpoints.get((EVENT_APP, "callback"))
        return None if route is None else route.settings

    @property
    def secrets(self) -> list[str]:
        """The values that nobody may be shown."""
        secrets: list[Secret] = []
        for source in self.sources.values():
            secrets += [*source.secrets, *([source.token] if source.token else [])]
        for endpoint in self.endpoints.values():
            secrets += endpoint.secrets
        return list(dict.fromkeys(secret.reveal() for secret in secrets))


NO_ROUTES = WebhookRoutes({}, {})


def webhook_routes(config: Config, facts: Facts, environ: Mapping[str, str]) -> WebhookRoutes:
    """Read the secrets and join the parts. `facts` are those of the vendors that are served. Raises UsageError."""
    for flaw in route_flaws(config, facts):
        raise UsageError(flaw)
    sources = {}
    for name, source in (config.inbox.sources if config.inbox else {}).items():
        sources[name] = _source(name, source, facts[source.vendor], environ)
    endpoints: dict[EndpointKey, EndpointRoute] = {}
    for app, settings in config.apps.items():
        if settings.webhooks is not None:
            endpoints[app, "webhooks"] = _endpoint(app, settings.webhooks, environ)
        if settings.callback is not None:
            endpoints[app, "callback"] = _endpoint(app, settings.callback, environ)
    if config.events is not None:
        endpoints[EVENT_APP, "callback"] = _endpoint(EVENT_APP, config.events, environ)
    return WebhookRoutes(sources, endpoints)


def route_flaws(config: Config, facts: Facts) -> Iterator[str]:
    """What is wrong, without a look at any secret: a sentence each, with its place in tidegate.yaml."""
    for name, source in (config.inbox.sources if config.inbox else {}).items():
        yield from _source_flaws(config, f"inbox.sources.{name}", source, facts)


def _source_flaws(config: Config, place: str, source: InboxSource, facts: Facts) -> Iterator[str]:
    if source.vendor not in facts:
        hint = nearest(source.vendor, facts)
        yield f"{place}.vendor: there is no vendor {source.vendor} that is served{hint}"
        return
    hooks = facts[source.vendor]
    if hooks is None or hooks.scheme is None:
        yield f"{place}.vendor: the file of {source.vendor} does not say how it signs webhooks (facts.webhooks.scheme)"
    elif not (source.secrets or hooks.secrets):
        yield f"{place}.secrets: neither this nor the file of {source.vendor} names a signing secret"
    for app in source.apps:
        if app not in config.apps:
            yield f"{place}.apps: there is no app {app} under apps{nearest(app, config.apps)}"
        elif config.apps[app].webhooks is None:
            yield f"{place}.apps: apps.{app} has no webhooks; write its url and secrets"


def _source(name: str, source: InboxSource, hooks: WebhookFacts | None, environ: Mapping[str, str]) -> WebhookSource:
    recipe = recipe_of(name, hooks) if hooks else None
    assert hooks is not None
    assert recipe is not None, "a source without a scheme is a flaw"
    refs = source.secrets or hooks.secrets
    good = [(ref, secret) for ref in refs for secret in resolve_good(ref, environ)]
    for ref, secret in good:
        if key_of(recipe.grammar, secret.reveal()) is None:
            how = recipe.grammar.key_decoding
            raise UsageError(
                f"inbox.sources.{name}: {ref}: the secret is not written as {source.vendor} has it ({how})"
            )
    challenge = hooks.challenge
    token = resolve(challenge.token.secret, environ) if challenge and challenge.token else None
    secrets = tuple(secret for _, secret in good)
    return WebhookSource(name, source.vendor, hooks, recipe, secrets, token, source.apps, source.events)


def _endpoint(app: str, settings: AppEndpoint, environ: Mapping[str, str]) -> EndpointRoute:
    # While a secret is exchanged a post is signed with both: the app goes by whichever it has (Standard Webhooks).
    secrets = tuple(good for one in settings.secrets for good in resolve_good(one, environ))
    try:
        keys = signing_keys([secret.reveal() for secret in secrets])
    except ValueError as error:
        raise UsageError(f"{_place(app)}: {', '.join(map(str, settings.secrets))}: {error}") from None
    return EndpointRoute(app, settings, secrets, keys, _trust(app, settings))


def _place(app: str) -> str:
    """Where an app's addresses stand in tidegate.yaml."""
    return "events" if app == EVENT_APP else f"apps.{app}"


def _trust(app: str, settings: AppEndpoint) -> bytes:
    """The certificates of its `ca`. They are tried here, so that a file that is none is told at the start."""
    if settings.ca is None:
        return b""
    try:
        ssl.create_default_context(cafile=str(settings.ca))
        return settings.ca.read_bytes()
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"{_place(app)}: {settings.ca}: this is not a file of CA certificates: {error}") from None
