"""Has the secrets that a proxy goes by exchanged while it runs: those of its vendors, of webhooks, apps and the store.

A vendor's goes to its credential provider, where that wears the secret itself. What else is made of secrets is what a
reload puts in force too, so it is made anew with them, and put in force whole. It knows which secret is for what, and
nothing of where secrets come from.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel

from tidegate.configfile.units import SecretRef
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_vendor
from tidegate.problems import UsageError
from tidegate.proxy.configured_vendors import ConfigChange, placeholders_of, sealing_of, tokens_of
from tidegate.proxy.credentials.provider_choice import secrets_of
from tidegate.proxy.credentials.rotated_credential import RotatedCredential
from tidegate.proxy.policies.credentials.secret_versions import SecretVersion
from tidegate.proxy.reload.reloaded_proxy import ReloadedProxy
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_wearer import SecretUse
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.webhook_routes import webhook_routes
from tidegate.vendor.auth_facts import Revocation
from tidegate.world.world import World

EXCHANGED = ("use", "secrets", "tokens", "admin_tokens", "apps", "events", "inbox", "sealing", "placeholders")
"""Keys of tidegate.yaml whose secrets may be exchanged, or are nobody's to exchange. Others are read at the start."""


class WornSecrets:
    """See the module, and tidegate.proxy.secrets.secret_watcher.SecretWearer."""

    def __init__(self, world: World, proxy: ReloadedProxy, book: SecretBook) -> None:
        self._world, self._proxy, self._book = world, proxy, book
        self._tasks: set[asyncio.Task[None]] = set()
        book.on_access_key = lambda _: proxy.telemetry.redactor.learn(book.access_keys, of="keys to secrets")
        proxy.telemetry.redactor.learn(book.access_keys, of="keys to secrets")

    def uses(self) -> Mapping[SecretRef, SecretUse]:
        """Every secret in use. What a vendor and Tidegate itself use is the vendor's."""
        uses = dict.fromkeys(self._own(), SecretUse())
        for name, upstream in self._proxy.parts.upstreams.items():
            uses |= dict.fromkeys(_references(upstream), SecretUse(name, upstream.facts.auth.rotate_every))
        return uses

    def prepare(self, refs: Sequence[SecretRef]) -> Callable[[], None]:
        """Make what is worn of `refs` anew, as the book says now. Raises UsageError."""
        ready: list[Callable[[], object]] = []
        put: list[tuple[Upstream, dict[str, OperationPlan]]] = []
        for upstream in self._proxy.parts.upstreams.values():
            theirs = {*refs}.intersection(_references(upstream))
            rotated = [one for one in upstream.provider.singles() if isinstance(one, RotatedCredential)]
            if theirs <= {one.ref for one in rotated} and upstream.facts.auth.certificate is None:
                ready += [one.renewed() for one in rotated if one.ref in theirs]
            elif theirs:  # what the provider has made of it is not known here: all of it is made anew
                made = self._proxy.parts.make(upstream.loaded, upstream.document, upstream.use)
                put.append((made, plan_vendor(upstream.loaded, upstream.document)))
        if put or {*refs}.intersection(self._own()):
            ready.append(self._changed(refs, put))

        def put_in_force() -> None:
            for each in ready:
                each()

        return put_in_force

    def retired(self, ref: SecretRef, version: SecretVersion) -> None:
        """See SecretWearer.retired: a vendor that has an endpoint for it is asked to end the secret."""
        for name, upstream in self._proxy.parts.upstreams.items():
            facts = upstream.facts.auth.revocation
            if facts is not None and ref in _references(upstream):
                self._spawn(self._revoke(name, ref, version, facts, upstream.policy.budget))

    async def _revoke(
        self, vendor: str, ref: SecretRef, version: SecretVersion, facts: Revocation, drain_s: float
    ) -> None:
        await self._world.sleep(drain_s)  # calls that carry it may still be under way
        if any(one.secret == version.secret for life in self._book.lives.values() for one in life.good):
            return  # it is in use again, or by another
        upstream = self._proxy.parts.upstreams.get(vendor)
        if upstream is None:
            return
        upstream.redactor.learn([version.secret], of=f"{vendor} ended")  # it may have been forgotten by now
        why = await self._proxy.revocation.revoke(vendor, facts, version.secret)
        told: dict[str, str | float] = {"secret": str(ref), "version": version.number, "vendor": vendor}
        if why:
            self.note("old secret is not ended at the vendor: end it by hand", {**told, "why": why})
        else:
            self.note("old secret ended at the vendor", told)
            self.record("revoked", ref, version, "ended at the vendor")

    def note(self, text: str, facts: Mapping[str, str | float]) -> None:
        """Write a line into the log."""
        self._proxy.telemetry.note(text, self._world.wall(), **facts)

    def record(self, what: str, ref: SecretRef, version: SecretVersion | None, why: str = "") -> None:
        """Write a row into the audit log."""
        audit, use = self._proxy.parts.audit, self.uses().get(ref, SecretUse())
        number, fingerprint = "", ""
        if version is not None:
            number, fingerprint = str(version.number), audit.fingerprint(version.secret.reveal())
        audit.record(
            f"secret.{what}", target=use.vendor, reason=why, secret=str(ref), version=number, fingerprint=fingerprint
        )

    def _changed(
        self, refs: Sequence[SecretRef], put: Sequence[tuple[Upstream, dict[str, OperationPlan]]]
    ) -> Callable[[], object]:
        """What a reload would put in force, were the secrets others."""
        config, parts, book = self._proxy.config, self._proxy.parts, self._book
        at_start = {*references_in(config.model_copy(update=dict.fromkeys(EXCHANGED)))}
        if read_once := at_start.intersection(refs):
            raise UsageError(f"{min(map(str, read_once))}: this is read when Tidegate starts; restart it")
        sealing, before = sealing_of(config, book), parts.store.seal.keys
        if {*before.secrets}.difference(sealing.secrets):
            cure = "put the new key first and keep the old one after it: it opens what is stored"
            raise UsageError(f"sealing.keys: a key that sealed what is stored would be gone; {cure}")
        facts = {name: upstream.facts.webhooks for name, upstream in parts.upstreams.items()}
        routes = webhook_routes(config, facts, book)
        tokens, grants = tokens_of(config, book), placeholders_of(config, book)
        change = ConfigChange(config, tokens, tuple(put), routes=routes, sealing=sealing, placeholders=grants)
        return lambda: self._retire(self._proxy.change(change))

    def _retire(self, replaced: Iterable[Upstream]) -> None:
        """Close what no version of a vendor uses any more, behind the calls."""
        for upstream in replaced:
            heir = self._proxy.parts.upstreams.get(upstream.name)
            self._spawn(upstream.retire(heir))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End what runs behind the calls."""
        for task in (tasks := [*self._tasks]):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _own(self) -> Iterator[SecretRef]:
        """The references in tidegate.yaml, and those of webhooks that are taken in, in vendor files."""
        config, upstreams = self._proxy.config, self._proxy.parts.upstreams
        yield from references_in(config.model_copy(update={"use": {}, "secrets": None}))
        for source in (config.inbox.sources if config.inbox else {}).values():
            upstream = upstreams.get(source.vendor)
            hooks = upstream.facts.webhooks if upstream is not None else None
            if hooks is not None:
                yield from references_in(hooks.challenge)
                yield from () if source.secrets else hooks.secrets


def _references(upstream: Upstream) -> Iterator[SecretRef]:
    """The references of a vendor's authentication that are in use: one that something else stands for is not read."""
    auth, use = upstream.facts.auth, upstream.use
    yield from secrets_of(use, auth)
    yield from references_in(auth.model_copy(update={"secret": None, "secrets": {}}))


def references_in(value: object) -> Iterator[SecretRef]:
    """Every reference to a secret in a block, however deep."""
    if isinstance(value, SecretRef):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from references_in(getattr(value, name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from references_in(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from references_in(each)
