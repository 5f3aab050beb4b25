"""Tests of tidegate.proxy.secrets.secret_watcher, in the virtual world."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from tests.proxy.secrets.played_source import PlayedSource, PlayedWearer
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.configfile.secret_references import SecretRef, parse_secret
from tidegate.proxy.secrets.named_sources import NamedSources
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import SecretFlaw, SourceAway
from tidegate.proxy.secrets.secret_watcher import LOOK_AGAIN_S, LOOK_S, SecretWatcher
from tidegate.testing import run

T = TypeVar("T")

USER, PASSWORD = parse_secret("vault:secret/x#user"), parse_secret("vault:secret/x#password")
POLL_S, OVERLAP_S, STALE_S = 5.0, 100.0, 60.0


class Watched:
    """A watch over a pair of secrets in the virtual world."""

    def __init__(self, world: VirtualWorld) -> None:
        self.world, self.source = world, PlayedSource(user="u1", password="p1")
        self.book = SecretBook({}, world.now, OVERLAP_S)
        self.watcher = SecretWatcher(world, self.book, NamedSources({"vault": self.source}), {"vault": POLL_S}, STALE_S)
        self.wearer = PlayedWearer(self.book, USER, PASSWORD)

    def in_force(self, ref: SecretRef = USER) -> str:
        return self.book.version(ref).secret.reveal()


def watch(story: Callable[[Watched], Awaitable[T]]) -> T:
    async def main() -> T:
        watched = Watched(VirtualWorld(1))
        await watched.watcher.fetch((USER, PASSWORD))
        watched.watcher.serve(watched.wearer)
        watched.watcher.start()
        try:
            return await story(watched)
        finally:
            await watched.watcher.close()
            assert watched.source.closed

    return run(main)


def test_what_is_new_is_worn_at_the_next_look_and_as_a_pair() -> None:
    async def story(watched: Watched) -> None:
        watched.source.values |= {"user": "u2", "password": "p2"}
        await watched.world.sleep(POLL_S - 0.1)
        assert watched.wearer.worn == []
        await watched.world.sleep(0.2)
        assert watched.wearer.worn == [{"user": "u2", "password": "p2"}]
        assert watched.in_force() == "u2"
        assert watched.wearer.texts == ["secret rotated", "secret rotated"]
        await watched.world.sleep(10 * POLL_S)
        assert len(watched.wearer.worn) == 1

    watch(story)


def test_where_one_of_a_pair_is_bad_both_stay() -> None:
    async def story(watched: Watched) -> None:
        watched.source.values |= {"user": "u2", "password": "bad"}
        await watched.world.sleep(5 * POLL_S)
        assert (watched.in_force(USER), watched.in_force(PASSWORD), watched.wearer.worn) == ("u1", "p1", [])
        assert watched.wearer.notes == [
            ("new secret refused; the one before stays in force", {"secret": "secret/x", "why": "this cannot be worn"})
        ], "it is told once, and not at every look"
        assert watched.watcher.counts[str(PASSWORD), "refused"] == 1
        assert watched.wearer.rows == [("refused", "user", None), ("refused", "password", None)]
        watched.source.values["password"] = "p2"
        await watched.world.sleep(POLL_S)
        assert watched.wearer.worn == [{"user": "u2", "password": "p2"}]
        assert watched.wearer.texts[-1] == "what the source of secrets has is good again"

    watch(story)


def test_a_bad_value_that_is_taken_back_was_nothing() -> None:
    async def story(watched: Watched) -> None:
        watched.source.values["user"] = "bad"
        await watched.world.sleep(POLL_S + 1)
        watched.source.values["user"] = "u1"
        await watched.world.sleep(POLL_S + 1)
        assert watched.wearer.worn == []
        assert watched.wearer.texts[-1] == "what the source of secrets has is good again"
        assert [one.state for one in watched.book.lives[USER].kept] == ["current", "retired"]

    watch(story)


def test_what_is_not_there_is_refused_once_it_was_seen_twice() -> None:
    async def story(watched: Watched) -> None:
        watched.source.error = SecretFlaw("no such secret")
        await watched.world.sleep(POLL_S + 1)
        assert watched.wearer.texts == []
        await watched.world.sleep(POLL_S)
        assert watched.wearer.texts == ["new secret refused; the one before stays in force"]
        watched.source.error = None
        await watched.world.sleep(POLL_S)
        assert watched.wearer.texts[1:] == ["what the source of secrets has is good again"]
        assert watched.in_force() == "u1"

    watch(story)


def test_the_last_good_one_stays_in_force_while_the_source_is_away_and_the_alarm_has_its_time() -> None:
    async def story(watched: Watched) -> None:
        watched.source.error = SourceAway("sealed")
        await watched.world.sleep(POLL_S + 1)
        assert watched.wearer.texts == ["the source of secrets is away; the last good ones stay in force"]
        bundle = next(iter(watched.watcher.bundles.values()))
        await watched.world.sleep(STALE_S - 2 * POLL_S)
        assert len(watched.wearer.notes) == 1
        await watched.world.sleep(3 * POLL_S)
        assert bundle.stale
        assert watched.wearer.texts[1:] == ["the source of secrets has been away for too long"]
        assert watched.in_force() == "u1"
        watched.source.error = None
        watched.source.values["user"] = "u2"
        await watched.world.sleep(POLL_S)
        assert (watched.in_force(), bundle.stale) == ("u2", False)
        assert watched.wearer.texts[2] == "the source of secrets is back"

    watch(story)


def test_a_refusal_by_the_vendor_falls_back_at_once() -> None:
    async def story(watched: Watched) -> None:
        watched.source.values["user"] = "u2"
        await watched.watcher.look(forced=True)
        assert await watched.watcher.refused(USER, 2)
        assert watched.in_force() == "u1"
        assert watched.wearer.worn == [{"user": "u2"}, {"user": "u1"}]
        assert watched.wearer.notes[-1] == (
            "secret refused by the vendor: fell back on the former version",
            {"secret": str(USER), "refused": 2, "in_force": 1},
        )
        assert watched.wearer.rows == [("rotated", "user", 2), ("fallback", "user", 1)]
        await watched.world.sleep(3 * POLL_S)
        assert watched.in_force() == "u1", "the source still says what was refused"
        assert await watched.watcher.refused(USER, 1)
        assert watched.in_force() == "u2"
        assert not await watched.watcher.refused(USER, 2)

    watch(story)


def test_a_refusal_has_the_source_asked_at_once_by_one_for_all() -> None:
    async def story(watched: Watched) -> None:
        watched.source.values["user"] = "u2"
        before = watched.source.reads
        came = await asyncio.gather(*(watched.watcher.refused(USER, 1) for _ in range(50)))
        assert came == [True] * 50
        assert watched.source.reads == before + 1
        assert watched.in_force() == "u2"

    watch(story)


def test_a_slow_answer_does_not_overtake_a_newer_one() -> None:
    async def story(watched: Watched) -> None:
        watched.source.gate = gate = asyncio.Event()
        slow = asyncio.ensure_future(watched.watcher.look())
        await watched.world.sleep(0.1)
        watched.source.values["user"] = "u2"
        newer = asyncio.ensure_future(watched.watcher.look(forced=True))
        await watched.world.sleep(0.1)
        gate.set()
        await asyncio.gather(slow, newer)
        assert watched.wearer.worn == [{"user": "u2"}]
        assert watched.in_force() == "u2"

    watch(story)


def test_refusals_of_the_only_one_ask_the_source_no_more_often_than_their_pause() -> None:
    async def story(watched: Watched) -> None:
        before = watched.source.reads
        for _ in range(20):
            assert not await watched.watcher.refused(USER, 1)
            await watched.world.sleep(LOOK_AGAIN_S / 10)
        assert watched.source.reads - before <= 4

    watch(story)


def test_a_call_waits_for_a_slow_source_no_longer_than_its_bound() -> None:
    async def story(watched: Watched) -> None:
        watched.source.gate = gate = asyncio.Event()
        watched.source.values["user"] = "u2"
        began = watched.world.now()
        assert not await watched.watcher.refused(USER, 1)
        assert watched.world.now() - began == pytest.approx(LOOK_S)
        gate.set()
        await watched.world.sleep(0.1)
        assert watched.in_force() == "u2", "the look went on"

    watch(story)


def test_an_overlap_ends_at_its_deadline() -> None:
    async def story(watched: Watched) -> None:
        watched.source.values["user"] = "u2"
        await watched.watcher.look(forced=True)
        await watched.world.sleep(OVERLAP_S - 1)
        assert len(watched.book.good(USER)) == 2
        await watched.world.sleep(POLL_S + 1)
        assert len(watched.book.good(USER)) == 1
        assert watched.wearer.worn[-1] == {"user": "u2"}, "what is made of them is made anew without it"
        assert watched.wearer.texts[-1] == "secret retired"
        assert watched.wearer.over == [("user", 1)]

    watch(story)


def test_what_is_due_is_told_before_it_is_over_and_once_for_each_step() -> None:
    async def story(watched: Watched) -> None:
        await watched.world.sleep(890.0)
        assert watched.wearer.texts == []
        await watched.world.sleep(50.0)
        assert watched.wearer.texts == ["secret is to be exchanged soon"] * 2
        await watched.world.sleep(100.0)
        assert watched.wearer.texts[2:] == ["secret is older than it may become"] * 2
        watched.source.values |= {"user": "u2", "password": "p2"}
        await watched.world.sleep(890.0)
        assert watched.wearer.texts[4:6] == ["secret rotated"] * 2
        assert "secret is to be exchanged soon" not in watched.wearer.texts[6:]

    watch(story)


def test_what_is_used_no_more_is_asked_for_no_more() -> None:
    async def story(watched: Watched) -> None:
        watched.wearer.refs = ()
        await watched.watcher.look()
        before = watched.source.reads
        await watched.world.sleep(3 * POLL_S)
        assert watched.source.reads == before
        assert watched.book.lives == {}
        assert not await watched.watcher.refused(USER, 1)

    watch(story)


def test_a_bug_in_a_source_does_not_end_the_watch() -> None:
    async def story(watched: Watched) -> None:
        broken, watched.source.values = watched.source.values, {}
        await watched.world.sleep(POLL_S + 1)
        assert watched.wearer.notes == [("watching secrets failed", {"source": "vault", "error": "KeyError"})]
        watched.source.values = broken | {"user": "u2"}
        await watched.world.sleep(POLL_S)
        assert watched.in_force() == "u2"

    watch(story)


def test_whoever_ends_an_overlap_leaves_the_one_in_force_alone() -> None:
    async def story(watched: Watched) -> None:
        watched.source.values["user"] = "u2"
        await watched.watcher.look(forced=True)
        watched.watcher.end_overlap([USER, PASSWORD])
        assert [one.secret.reveal() for one in watched.book.good(USER)] == ["u2"]
        assert watched.wearer.over == [("user", 1)]
        assert not await watched.watcher.refused(USER, 2), "there is nothing to fall back on"

    watch(story)


def test_a_source_that_is_away_holds_up_no_other_bundle() -> None:
    async def main() -> tuple[float, list[dict[str, str]]]:
        world = VirtualWorld(1)
        book, slow, quick = SecretBook({}, world.now, OVERLAP_S), PlayedSource(user="u"), PlayedSource(user="q1")
        watcher = SecretWatcher(world, book, NamedSources({"vault": slow, "aws": quick}), {}, STALE_S)
        there = parse_secret("aws:x#user")
        await watcher.fetch((USER, there))
        watcher.serve(wearer := PlayedWearer(book, USER, there))
        slow.gate, quick.values["user"] = asyncio.Event(), "q2"
        looking = asyncio.ensure_future(watcher.look())
        await world.sleep(0.1)
        worn = [*wearer.worn]
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await watcher.close()
        return world.now(), worn

    assert run(main)[1] == [{"user": "q2"}]
