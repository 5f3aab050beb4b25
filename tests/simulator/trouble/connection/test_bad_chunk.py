"""A chunk without a size."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, hit, last, paid


async def test_a_chunk_may_have_no_size(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="bad_chunk", share="50%") == "fin"
    assert raw.header("transfer-encoding") == "chunked"
    size, _, rest = raw.body.partition(b"\r\n")
    while size != b"not-a-size":
        chunk = int(size, 16)
        size, _, rest = rest[chunk + 2 :].partition(b"\r\n")
    assert (paid(vendor), last(vendor).faults, last(vendor).answered) == (1, ("bad_chunk",), False)
