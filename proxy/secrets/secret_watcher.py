"""The watch over secrets: asks their sources again and again, tries what is new, and has it worn without a restart.

All that is read together comes into force together, between two calls, or not at all: where one value of a bundle
cannot be used, all of them stay as they are, and the metrics, the log and the admin pages say so. A source that is away
changes nothing; one that is away for too long raises an alarm, and its secrets go on being used until the vendor
refuses them.

What a secret is for is not known here: see SecretWearer.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tidegate.configfile.secret_references import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.policies.credentials.rotation_age import Standing, standing, to_tell
from tidegate.proxy.policies.credentials.secret_versions import SecretVersion
from tidegate.proxy.secrets.named_sources import BundleKey, NamedSources
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import Bundle, SecretFlaw, SourceAway, SourcedSecret
from tidegate.proxy.secrets.secret_status import SecretStatus, statuses
from tidegate.proxy.secrets.secret_wearer import SecretWearer
from tidegate.proxy.secrets.watched_bundle import WatchedBundle
from tidegate.world.world import World

TOGETHER_MAX = 8
"""So many bundles are asked for at once: a source that is away holds up the others for one timeout, not for many."""
LOOK_S = 1.0
"""A call whose secret was refused waits so long for a look at the source."""
LOOK_AGAIN_S = 1.0
"""After a vendor's refusal the source is asked at once, and not more often than this."""


def _unkept(ref: SecretRef, version: SecretVersion) -> None:
    del ref, version


class SecretWatcher:
    """See the module. `every_s` says how often each source is asked, by its name."""

    def __init__(
        self,
        world: World,
        book: SecretBook,
        sources: NamedSources,
        every_s: Mapping[str, float],
        stale_after_s: float,
    ) -> None:
        self._world, self.book = world, book
        self._sources, self._every_s, self._stale_after_s = sources, every_s, stale_after_s
        self._wearer: SecretWearer | None = None
        self.bundles: dict[BundleKey, WatchedBundle] = {}
        """What is watched. A bundle that nobody uses any more is dropped."""
        self.counts: Counter[tuple[str, str]] = Counter()
        """(reference, what became of a new version, or of one that was in force) → how often."""
        self.on_good: Callable[[SecretRef, SecretVersion], object] = _unkept
        """Told of each version of a secret that is put in force."""
        self._told: dict[SecretRef, Standing] = {}
        self._at_work: dict[BundleKey, asyncio.Lock] = {}
        self._room = asyncio.Semaphore(TOGETHER_MAX)
        self._tasks: list[asyncio.Task[None]] = []
        self._looks: dict[BundleKey, tuple[float, asyncio.Task[None]]] = {}

    async def fetch(self, refs: Iterable[SecretRef]) -> None:
        """Have every secret of another machine that is not there yet. Raises UsageError where one cannot be had."""
        for key, of in self._sources.grouped(ref for ref in refs if ref.remote and ref not in self.book.lives).items():
            for ref, sourced in (await self._sources.source(of[0]).read(key[1], of, forced=True)).items():
                self.on_good(ref, self.book.enter(ref, sourced).kept[-1])

    def serve(self, wearer: SecretWearer) -> None:
        """Have this wearer wear what is found from now on. To be called before `look` and `start`."""
        self._wearer = wearer

    def start(self) -> None:
        """Watch from now on."""
        for name, every_s in self._every_s.items():
            self._tasks.append(asyncio.get_running_loop().create_task(self._watch(name, every_s)))

    async def close(self) -> None:
        """Watch no more, and let go of the sources' connections."""
        tasks = [*self._tasks, *(task for _, task in self._looks.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sources.close()

    async def look(self, only: Iterable[SecretRef] | None = None, *, forced: bool = False, source: str = "") -> None:
        """Ask the sources now: all, or those of `only`, or one by name. `forced` takes what may be half written."""
        assert self._wearer is not None, "nobody wears them yet"
        used = [*dict.fromkeys(self._wearer.uses())]
        if only is None:
            self._forget(used)
        wanted = used if only is None else [*{*used}.intersection(only)]
        groups = self._sources.grouped(ref for ref in wanted if not source or self._sources.name(ref) == source)
        results = await asyncio.gather(
            *(self._one_at_a_time(key, refs, forced=forced) for key, refs in groups.items()), return_exceptions=True
        )
        self._expire()
        self._tell_due()
        for failed in results:
            if isinstance(failed, BaseException):
                raise failed

    def end_overlap(self, refs: Iterable[SecretRef]) -> None:
        """Retire what these secrets were before: from now on nobody gets in with it, and nothing falls back on it."""
        for ref in refs:
            life = self.book.lives.get(ref)
            self._over(ref, life.end_overlap(self._world.now()) if life is not None else ())

    def statuses(self) -> list[SecretStatus]:
        """What there is to say of each secret in use."""
        assert self._wearer is not None, "nobody wears them yet"
        bundles, now, wall = self.bundles.values(), self._world.now(), self._world.wall()
        return statuses(self._wearer.uses(), self.book.lives, bundles, now, wall)

    async def refused(self, ref: SecretRef, number: int) -> bool:
        """The vendor has refused version `number` of a secret. True where another is in force, to be tried once."""
        life = self.book.lives.get(ref)
        if life is None or self._wearer is None:
            return False
        refusal = life.refuse(number, self._world.now())
        if refusal.fell_back or refusal.returned:
            worn = life.in_force
            assert worn is not None
            self._wear_again((ref,))
            self.counts[str(ref), "fallback" if refusal.fell_back else "return"] += 1
            what = "fell back on the former version" if refusal.fell_back else "the former version is refused as well"
            facts: dict[str, str | float] = {"secret": str(ref), "refused": number, "in_force": worn.number}
            self._wearer.note(f"secret refused by the vendor: {what}", facts)
            self._wearer.record("fallback", ref, worn, what)
        if not refusal.again:
            await self._look_soon(ref)
            worn = life.in_force
            return worn is not None and worn.number != number
        return True

    async def _watch(self, source: str, every_s: float) -> None:
        while True:
            await self._world.sleep(every_s)
            try:
                await self.look(source=source)
            except Exception as error:  # noqa: BLE001 - a bug of ours here must not end the watch for good
                assert self._wearer is not None
                self._wearer.note("watching secrets failed", {"source": source, "error": type(error).__name__})

    async def _look_soon(self, ref: SecretRef) -> None:
        """Look at a secret's bundle now: all who ask meanwhile wait for the same look."""
        key, now = self._sources.key(ref), self._world.now()
        began, task = self._looks.get(key, (float("-inf"), None))
        if task is None or (task.done() and now - began >= LOOK_AGAIN_S):
            assert self._wearer is not None
            bundle = [one for one in self._wearer.uses() if self._sources.key(one) == key]
            task = asyncio.get_running_loop().create_task(self.look(bundle, forced=True))
            self._looks[key] = (now, task)
        with contextlib.suppress(TimeoutError):  # the look goes on behind the calls
            async with self._world.timeout(LOOK_S):
                await asyncio.shield(task)

    async def _one_at_a_time(self, key: BundleKey, refs: tuple[SecretRef, ...], *, forced: bool) -> None:
        """Look at a bundle, while nobody else does: a slow answer must not overtake a newer one."""
        async with self._at_work.setdefault(key, asyncio.Lock()), self._room:
            await self._look_at(key, refs, forced=forced)

    async def _look_at(self, key: BundleKey, refs: tuple[SecretRef, ...], *, forced: bool) -> None:
        bundle, now = self._bundle(key, refs), self._world.now()
        try:
            found = await self._sources.source(refs[0]).read(key[1], refs, forced=forced)
        except SourceAway as error:
            if bundle.absent(str(error)):
                self._note("the source of secrets is away; the last good ones stay in force", key, str(error))
            if bundle.grows_stale(self._world.now(), self._stale_after_s):
                self._note("the source of secrets has been away for too long", key, str(error))
        except SecretFlaw as error:
            self._answered(key, bundle)
            if bundle.refuse(str(error), at_once=forced):
                self._refusal(key, refs, str(error))
        else:
            self._answered(key, bundle)
            if found:
                self._take(key, bundle, found, now, forced=forced)

    def _take(self, key: BundleKey, bundle: WatchedBundle, found: Bundle, now: float, *, forced: bool) -> None:
        """Try what the source says, and put in force what is new."""
        assert self._wearer is not None
        values = {ref: sourced.secret for ref, sourced in found.items()}
        if bundle.refused == values and not forced:
            return
        bundle.warnings.update({ref: sourced.warning for ref, sourced in found.items() if sourced.warning})
        fresh = [ref for ref, sourced in found.items() if self._offered(ref, sourced, now)]
        if fresh:
            try:
                with self.book.trying(fresh):
                    put_in_force = self._wearer.prepare(fresh)
            except UsageError as error:
                for ref in fresh:
                    self.book.lives[ref].withdraw(now)
                bundle.refused = values
                if bundle.refuse(str(error), at_once=True):
                    self._refusal(key, tuple(fresh), str(error))
                return
            for ref in fresh:
                self._put_in_force(ref, now)
            put_in_force()
        if bundle.accept():
            self._note("what the source of secrets has is good again", key)

    def _forget(self, used: Sequence[SecretRef]) -> None:
        """Drop what nobody uses any more."""
        self.book.forget(used)
        keys = {self._sources.key(ref) for ref in used}
        for key in [key for key in self.bundles if key not in keys]:
            del self.bundles[key]

    def _offered(self, ref: SecretRef, sourced: SourcedSecret, now: float) -> bool:
        """Whether what the source says of a secret is new."""
        life = self.book.lives.get(ref)
        if life is None:
            self.book.enter(ref, sourced)
            return False
        facts = {"created": sourced.created_wall, "expires": sourced.expires_wall}
        return life.offer(sourced.secret, now, sourced.mark, **facts) is not None

    def _put_in_force(self, ref: SecretRef, now: float) -> None:
        assert self._wearer is not None
        version = self.book.lives[ref].put_in_force(now)
        self.on_good(ref, version)
        self.counts[str(ref), "rotated"] += 1
        facts: dict[str, str | float] = {"secret": str(ref), "version": version.number, "source_version": version.mark}
        self._wearer.note("secret rotated", facts)
        self._wearer.record("rotated", ref, version, version.mark)

    def _expire(self) -> None:
        """End the overlaps that are over."""
        now = self._world.now()
        for ref, life in self.book.lives.items():
            self._over(ref, life.expire(now))

    def _over(self, ref: SecretRef, versions: Sequence[SecretVersion]) -> None:
        """These versions are retired: whoever takes a secret from others takes them no more."""
        assert self._wearer is not None
        for version in versions:
            self.counts[str(ref), "retired"] += 1
            self._note("secret retired", ("", str(ref)), f"version {version.number}")
            self._wearer.record("revoked", ref, version, "its overlap is over")
            self._wearer.retired(ref, version)
        if versions:
            self._wear_again((ref,))

    def _tell_due(self) -> None:
        """Tell of each secret that has come near the age that it may reach, or over it: once for each step."""
        for status in self.statuses():
            before, now = self._told.get(status.ref, "young"), standing(status.age_s, status.use.rotate_every_s)
            if to_tell(before, now):
                text = "secret is to be exchanged soon" if now == "due" else "secret is older than it may become"
                self._note(text, ("", str(status.ref)), f"rotate_every, less {round(status.due_s or 0.0)} s")
            self._told[status.ref] = now

    def _wear_again(self, refs: Sequence[SecretRef]) -> None:
        """Have what the book says worn: it was in force before, so it can be."""
        assert self._wearer is not None
        try:
            self._wearer.prepare(refs)()
        except UsageError as error:
            self._wearer.note("a former secret cannot be worn again", {"why": str(error)})

    def _answered(self, key: BundleKey, bundle: WatchedBundle) -> None:
        if bundle.answered(self._world.now()):
            self._note("the source of secrets is back", key)

    def _refusal(self, key: BundleKey, refs: Sequence[SecretRef], why: str) -> None:
        assert self._wearer is not None
        for ref in refs:
            self.counts[str(ref), "refused"] += 1
            self._wearer.record("refused", ref, None, why)
        self._note("new secret refused; the one before stays in force", key, why)

    def _note(self, text: str, key: BundleKey, why: str = "") -> None:
        assert self._wearer is not None
        facts: dict[str, str | float] = {"secret": key[1]}
        self._wearer.note(text, facts | ({"why": why} if why else {}))

    def _bundle(self, key: BundleKey, refs: tuple[SecretRef, ...]) -> WatchedBundle:
        bundle = self.bundles.setdefault(key, WatchedBundle(refs, self._world.now()))
        bundle.refs = refs
        return bundle
