"""A vendor at run time: where it is, what a newer version of its file takes over, and what it learns from a head."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.town import VENDOR, Step, Town, play
from tests.proxy.upstream.upstreams import upstream_of
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.problems import UsageError
from tidegate.proxy.config import VendorUse
from tidegate.proxy.upstream.upstream import Upstream, origin
from tidegate.proxy.wire.transport import VendorAnswer

T = TypeVar("T")


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("https://api.example.com", "api.example.com", 443, True),
        ("https://api.example.com:8443/v2", "api.example.com", 8443, True),
        ("http://127.0.0.1:9100", "127.0.0.1", 9100, False),
        ("http://[::1]", "::1", 80, False),
    ],
)
def test_a_base_url_leads_somewhere(url: str, host: str, port: int, tls: bool) -> None:
    found = origin(url, VendorUse())
    assert (found.host, found.port, found.tls is not None, found.private) == (host, port, tls, False)


def test_a_ca_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(UsageError, match=r"ca\.pem"):
        origin("https://api.example.com", VendorUse(ca=tmp_path / "ca.pem"))


def in_a_world(story: Callable[[VirtualWorld], Awaitable[T]]) -> T:
    async def main() -> T:
        return await story(VirtualWorld(1))

    return run(main)


def heir_of(world: VirtualWorld, folder: Path, **changes: Any) -> tuple[Upstream, Upstream]:
    """An upstream that has been used, and the one of a changed file that has taken over from it."""
    old = upstream_of(world, folder)
    old.breakers.get("default")
    use = changes.pop("use", None)
    new = upstream_of(world, folder, use=use, **changes)
    new.inherit(old)
    return old, new


POLICY = VENDOR["policy"]


class TestInherit:
    """Counts go on always, the rest where its settings are the same."""

    def test_the_same_file_again_goes_on_with_the_very_same_parts(self, tmp_path: Path) -> None:
        async def story(world: VirtualWorld) -> None:
            old, new = heir_of(world, tmp_path)
            assert new.transport is old.transport
            assert new.breakers.get("default") is old.breakers.get("default")
            assert new.retry_budget is old.retry_budget
            assert new.limits.room is old.limits.room
            assert (new.reports, new.notices) == (old.reports, old.notices)

        in_a_world(story)

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"facts": VENDOR["facts"] | {"base_url": "http://other.example"}}, id="another address"),
            pytest.param({"use": VendorUse(private_addresses="allow")}, id="private addresses allowed"),
        ],
    )
    def test_connections_are_new_where_the_vendor_is_reached_in_another_way(
        self, tmp_path: Path, changes: dict[str, Any]
    ) -> None:
        async def story(world: VirtualWorld) -> None:
            old, new = heir_of(world, tmp_path, **changes)
            assert new.transport is not old.transport
            assert new.breakers.get("default") is old.breakers.get("default")

        in_a_world(story)

    def test_the_retry_budget_goes_on_at_its_new_share(self, tmp_path: Path) -> None:
        async def story(world: VirtualWorld) -> tuple[bool, float]:
            old, new = heir_of(world, tmp_path, policy=POLICY | {"retry": {"budget": "25%"}})
            return new.retry_budget is old.retry_budget, new.retry_budget.ratio

        assert in_a_world(story) == (True, 0.25)

    def test_breakers_are_new_where_their_settings_are(self, tmp_path: Path) -> None:
        async def story(world: VirtualWorld) -> None:
            old, new = heir_of(world, tmp_path, policy=POLICY | {"breaker": {"failures": "60%"}})
            assert new.breakers.get("default") is not old.breakers.get("default")
            assert new.transport is old.transport

        in_a_world(story)


REFUSED = {"Retry-After": "7"}


class RecordingPermit:
    """A permit that notes what the vendor asked of it."""

    def __init__(self) -> None:
        self.paused: list[float] = []

    def hold(self) -> None:
        raise AssertionError

    def leave(self) -> None:
        raise AssertionError

    def pause_until(self, moment: float) -> None:
        self.paused.append(moment)


class TestOnErrorHead:
    """The head of an error, before its body has come."""

    @pytest.mark.parametrize(
        ("status", "headers", "facts", "pauses"),
        [
            pytest.param(429, REFUSED, {}, 1, id="a refusal for rate is believed at once"),
            pytest.param(500, REFUSED, {}, 0, id="a failure is another's business"),
            pytest.param(429, {}, {}, 0, id="a refusal that names no wait"),
            pytest.param(429, REFUSED | {"Idempotent-Replayed": "true"}, {}, 0, id="one that was stored for a key"),
            pytest.param(429, {}, {"dialect": "github"}, 0, id="a wait that only the dialect names"),
        ],
    )
    def test_what_the_limits_are_told(
        self, tmp_path: Path, status: int, headers: dict[str, str], facts: dict[str, Any], pauses: int
    ) -> None:
        async def story(world: VirtualWorld) -> list[float]:
            upstream, permit = upstream_of(world, tmp_path, facts=VENDOR["facts"] | facts), RecordingPermit()
            answer = VendorAnswer(status, "", CIMultiDictProxy(CIMultiDict(headers)), (), b"")
            upstream.on_error_head(answer, permit)
            upstream.on_error_head(answer, None)
            return [moment - world.now() for moment in permit.paused]

        waits = in_a_world(story)
        assert len(waits) == pauses
        assert all(7.0 <= wait <= 7.0 * 1.1 for wait in waits), "stretched by a tenth at most"


class Transport:
    """Notes that it was closed."""

    origin: Any = None
    open = leased = 0

    def __init__(self) -> None:
        self.closed = 0

    async def exchange(self, request: bytes, **options: Any) -> VendorAnswer:
        raise AssertionError(request)

    def make_room(self) -> bool:
        return False

    async def close(self) -> None:
        self.closed += 1


class TestRetire:
    """What no version uses any more is closed, and nothing else."""

    def test_connections_that_the_heir_took_over_stay_open(self, tmp_path: Path) -> None:
        async def story(world: VirtualWorld) -> int:
            old, transport = upstream_of(world, tmp_path), Transport()
            old.transport = transport
            new = upstream_of(world, tmp_path)
            new.inherit(old)
            await old.retire(new)
            return transport.closed

        assert in_a_world(story) == 0

    def test_connections_that_the_heir_has_no_use_for_are_closed(self, tmp_path: Path) -> None:
        async def story(world: VirtualWorld) -> tuple[int, int]:
            old, transport, others = upstream_of(world, tmp_path), Transport(), Transport()
            old.transport = transport
            new = upstream_of(world, tmp_path, facts=VENDOR["facts"] | {"base_url": "http://other.example"})
            new.inherit(old)
            new.transport = others
            await old.retire(new)
            return transport.closed, others.closed

        assert in_a_world(story) == (1, 0)

    def test_a_vendor_that_is_served_no_more_is_closed_whole(self, tmp_path: Path) -> None:
        async def story(world: VirtualWorld) -> tuple[int, bool]:
            old, transport = upstream_of(world, tmp_path), Transport()
            old.transport = transport
            await old.retire(None)

            async def renewal() -> None:
                raise AssertionError

            old.cache.start(renewal())
            return transport.closed, bool(old.cache.renewals)

        assert in_a_world(story) == (1, False)


LEARNED = {
    "headers": {"X-Left": {"means": "remaining"}, "X-Reset": {"means": "reset", "form": "delta"}},
}


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        pytest.param({"limits": [{"name": "a", "rate": "100/s", "burst": 20}]}, None, id="a bucket"),
        pytest.param({"limits": [{"name": "a", "rate": "100/s", "algorithm": "sliding"}]}, None, id="a sliding one"),
        pytest.param({"limits": [{"name": "a", "rate": "100/s", "algorithm": "fixed"}]}, None, id="a fixed window"),
        pytest.param({"limits": [], "concurrency": [{"name": "a", "at_once": 5}]}, None, id="places"),
        pytest.param({"limits": [], "adaptive": True}, None, id="a rate that is learned"),
        pytest.param({"limits": [], "dialect": LEARNED}, "0", id="a count of the vendor's"),
    ],
)
def test_an_operator_lifts_every_pause_that_the_vendor_asked_for(
    tmp_path: Path, facts: dict[str, Any], left: str | None
) -> None:
    async def story(town: Town) -> tuple[int, int, int]:
        await town.world.sleep(3.0)  # after a start a limit is found out first
        await town.ask("GET", "/things/things/1")
        held = await town.ask("GET", "/things/things/1")
        if left is None:
            assert int(held.headers["Retry-After"]) <= 600
        assert town.proxy.force("things", "default", "closed")
        await town.world.sleep(0.1)
        lifted = await town.ask("GET", "/things/things/1")
        return held.status, lifted.status, len(town.vendor.received)

    facts = {**VENDOR["facts"], **facts}
    first: Step = (429, {"Retry-After": "9" * 20}, b"{}")
    if left is not None:
        first = (200, {"X-Left": left, "X-Reset": "9999999"}, b"{}")
    assert play(tmp_path, [first, 200], story, facts=facts) == (429, 200, 2)


def test_who_waits_for_a_pause_to_end_is_served_when_it_is_lifted(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, float]:
        await town.ask("GET", "/things/things/1")
        began = town.world.now()
        town.world.call_later(1.0, town.proxy.force, "things", "default", "closed")
        got = await town.ask("GET", "/things/things/1")
        return got.status, town.world.now() - began

    status, took_s = play(
        tmp_path,
        [(429, {"Retry-After": "4"}, b"{}"), 200],
        story,
        policy=VENDOR["policy"] | {"retry": {"cap": "1s"}},
    )
    assert status == 200
    assert 1.0 <= took_s < 1.2
