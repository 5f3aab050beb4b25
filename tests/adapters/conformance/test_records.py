"""What the records port promises, kept by every vendor of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.adapters.answering import done
from tests.adapters.conformance.town import HURRY_S, PAUSE, PortTown, port_town
from tidegate.adapters.ports.failures import NotFound, OutcomeUnknown, RateLimited, Rejected
from tidegate.adapters.ports.identifiers import vendor_of
from tidegate.adapters.ports.records import Record, RecordDraft, RecordState, TrackedRecords, VersionConflict
from tidegate.world.world import RealWorld

VENDORS = ("github", "gitlab")
NOW = datetime.fromtimestamp(RealWorld().wall(), UTC)
LEAK = RecordDraft("The gate leaks", "At high water.", labels=("gate", "urgent"))

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Tracker:
    """A vendor behind the port; `hurried` is the same vendor, asked with a small budget."""

    name: str
    records: TrackedRecords
    hurried: TrackedRecords
    town: PortTown

    async def changed_since(self, since: datetime, size: int) -> list[Record]:
        """All pages."""
        page = await self.records.changed_since(since, size=size)
        found = list(page.records)
        for _ in range(100):
            if page.after is None:
                return found
            page = await self.records.changed_since(since, after=page.after, size=size)
            found += page.records
        raise AssertionError("pages without end")

    def made(self) -> int:
        """So many records are at the vendor."""
        return len(self.town.vendor(self.name).resources.items().get("issue", []))


async def tracker_of(town: PortTown, name: str) -> Tracker:
    if name == "github":  # where a repository is made by hand
        made = await town.gateway("github").post_json("/user/repos", {"name": "gate"}, key="repository")
        assert made.status == 201
    one, hurried = (town.adapters("records", name, budget_s=budget_s).records for budget_s in (None, HURRY_S))
    return Tracker(name, one, hurried, town)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trackers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Tracker]]:
    async with port_town(tmp_path_factory.mktemp("town"), VENDORS) as town:
        yield {name: await tracker_of(town, name) for name in VENDORS}


@pytest.fixture(params=VENDORS)
def tracker(request: pytest.FixtureRequest, trackers: dict[str, Tracker]) -> Tracker:
    return trackers[request.param]


async def test_a_record_is_made_and_read_as_it_was_written(tracker: Tracker) -> None:
    made = done(await tracker.records.create(LEAK, key="leak"))
    assert vendor_of(made.id) == tracker.name
    assert (made.title, made.text, made.state) == (LEAK.title, LEAK.text, RecordState.OPEN)
    assert {*made.labels} == {*LEAK.labels}
    assert made.changed_at.tzinfo is UTC
    assert await tracker.records.find(made.id) == made


async def test_a_record_is_put_where_its_version_is_the_one_that_is_known(tracker: Tracker) -> None:
    made = done(await tracker.records.create(LEAK, key="put"))
    await tracker.town.vendor(tracker.name).advance(5.0)
    shut = RecordDraft("The gate leaked", "It is mended.", is_open=False)
    closed = done(await tracker.records.put(made.id, shut, version=made.version, key="put-1"))
    assert (closed.title, closed.state) == (shut.title, RecordState.CLOSED)
    assert closed.version != made.version
    with pytest.raises(VersionConflict):
        await tracker.records.put(made.id, LEAK, version=made.version, key="put-2")
    again = done(await tracker.records.put(made.id, LEAK, version=closed.version, key="put-3"))
    assert again.state is RecordState.OPEN


async def test_what_was_changed_since_a_moment_is_listed_page_by_page(tracker: Tracker) -> None:
    await tracker.town.vendor(tracker.name).advance(120.0)
    made = [done(await tracker.records.create(LEAK, key=f"list-{n}")) for n in range(3)]
    since = made[0].changed_at
    found = await tracker.changed_since(since, size=2)
    assert [record.id for record in found if record.id in {one.id for one in made}] == [one.id for one in made]
    assert all(record.changed_at >= since for record in found)
    assert await tracker.changed_since(since + timedelta(days=1), size=50) == []


async def test_what_is_not_there_or_somebody_elses_is_said_so(tracker: Tracker) -> None:
    with pytest.raises(NotFound):
        await tracker.records.find(f"{tracker.name}:999999")
    for work in (
        tracker.records.find("elsewhere:1"),
        tracker.records.changed_since(NOW, size=0),
        tracker.records.changed_since(NOW, after=f"{tracker.name}:0"),
    ):
        with pytest.raises(Rejected):
            await work


async def test_a_moment_without_an_offset_is_none(tracker: Tracker) -> None:
    with pytest.raises(ValueError, match="offset"):
        await tracker.records.changed_since(NOW.replace(tzinfo=None))


@pytest.mark.parametrize("name", VENDORS)
async def test_a_refusal_for_the_rate_did_nothing(name: str, tmp_path: Path) -> None:
    """In a town of its own: such a refusal of GitHub's is for the rest of an hour."""
    async with port_town(tmp_path, (name,)) as town:
        tracker = await tracker_of(town, name)
        town.fails(name, kind="throttle", retry_after=PAUSE)
        with pytest.raises(RateLimited):
            await tracker.hurried.create(LEAK, key="fast")
        assert tracker.made() == 0


async def test_an_answer_that_was_lost_is_in_doubt_and_is_not_sent_again(tracker: Tracker) -> None:
    before = tracker.made()
    tracker.town.fails(tracker.name, kind="reset_after")
    try:
        with pytest.raises(OutcomeUnknown):
            await tracker.records.create(LEAK, key="lost")
    finally:
        tracker.town.works(tracker.name)
    with pytest.raises(OutcomeUnknown):
        await tracker.records.create(LEAK, key="lost")
    assert tracker.made() == before + 1
