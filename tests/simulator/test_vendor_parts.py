"""A simulator's parts are one vendor's: each sees the same facts and the same document."""

from tests.simulator.conftest import Played


async def test_the_parts_belong_together(vendor: Played) -> None:
    parts = vendor.simulator._parts
    assert parts.service.event_log.listening == parts.webhooks.happened
    assert parts.resource_operations.document is parts.document
    assert parts.secret is not None
    assert parts.authority is None
