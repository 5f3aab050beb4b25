"""Load at a rate, against servers in this process."""

import asyncio

from tests.loadtests.bench.test_load_generator import Saying
from tests.serving import listening
from tidegate.loadtests.bench.counting_vendor import Answering, Counts
from tidegate.loadtests.bench.load_generator import gets
from tidegate.loadtests.bench.scheduled_load import ScheduledLoad


class Late(Saying):
    """Answers each request a good while later."""

    WAIT_S = 0.05

    def data_received(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(self.WAIT_S, self.transport.write, self.answer)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def test_every_call_is_made_once_and_counted() -> None:
    counts = Counts()
    async with listening(lambda: Answering(counts)) as port:
        answers = await ScheduledLoad(gets(port, "/v1/things/thing_", 50)).run(port, 50, 1000.0, connections=4)
    assert (answers.calls, answers.ok, counts.calls, answers.broken) == (50, 50, 50, "")
    assert 0 < answers.p50_us <= answers.p99_us


async def test_a_call_that_finds_no_free_connection_waits_and_its_time_runs() -> None:
    async with listening(lambda: Late(OK)) as port:
        answers = await ScheduledLoad(gets(port, "/", 10)).run(port, 10, 1000.0, connections=1)
    assert (answers.calls, answers.ok) == (10, 10)
    assert answers.p99_us >= 9 * Late.WAIT_S * 1e6 * 0.9  # the last waits for all before it


async def test_a_connection_that_is_closed_spoils_the_run() -> None:
    async with listening(lambda: Saying(b"")) as port:
        answers = await ScheduledLoad(gets(port, "/", 3)).run(port, 3, 1000.0, connections=1)
    assert answers.calls == 0
    assert "closed a connection" in answers.broken
