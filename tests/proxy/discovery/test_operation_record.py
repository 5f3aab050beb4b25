"""A record counts within its bounds, joins another, and comes back from JSON as it was."""

import json

from tests.proxy.discovery.sightings import seen
from tidegate.proxy.discovery.operation_record import NAMES_MAX, OperationRecord, record_from


def test_names_are_counted_within_a_bound() -> None:
    record = OperationRecord()
    for number in range(100):
        record.add(seen("GET", "/", queried=(f"q{number}",), status=200 + number, key_header="idempotency-key"))
    assert (record.calls, record.keyed) == (100, 100)
    assert len(record.of("queried")) == len(record.of("statuses")) == NAMES_MAX
    assert record.of("key_headers") == {"idempotency-key": 100}
    assert record.of("auth") == {}


def test_two_are_joined_and_come_back_from_json() -> None:
    one, other = OperationRecord(), OperationRecord()
    one.add(seen("GET", "/", status=0, limits={"x-ratelimit-limit": "5"}))
    other.add(seen("GET", "/", retry_after=True))
    other.unsafe = 2
    one.join(other)
    assert (one.calls, one.retry_after, one.unsafe) == (2, 1, 2)
    assert one.of("statuses") == {"200": 1, "none": 1}
    assert record_from(json.loads(json.dumps(one.document()))).document() == one.document()
