"""A simulator's parts are one vendor's: each sees the same facts and the same document."""

from tests.simulator.conftest import Played


async def test_the_parts_belong_together(vendor: Played) -> None:
    parts = vendor.simulator._parts
    assert parts.service.chronicle.listening == parts.webhooks.happened
    assert parts.shapes.document is parts.document
    assert parts.secret is not None
    assert parts.authority is None
