"""Pages of issues, as trackers list them: numbered, and a page that is full may have another one behind it.

Shared by the adapters of the records port whose vendors page by number; knows none of them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tidegate.adapters.fields import FieldError, Fields, parse_list
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.ports.failures import Rejected, VendorFailure
from tidegate.adapters.ports.identifiers import own_id
from tidegate.adapters.ports.records import Record, RecordPage
from tidegate.adapters.vendor_answer import broken

PAGE_MAX: Final = 100
PAGES_MAX: Final = 100_000


def cursor(after: str | None, size: int, name: str) -> int:
    """The number of the page that a cursor stands for. Raises Rejected."""
    if not 1 <= size <= PAGE_MAX:
        raise Rejected(f"a page holds 1 to {PAGE_MAX} records", field="size")
    if after is None:
        return 1
    number = own_id(after, name, field="after")
    if not (number.isascii() and number.isdecimal() and 0 < len(number) < 7 and 0 < int(number) <= PAGES_MAX):
        raise Rejected("after is no page", field="after")
    return int(number)


def page_of(
    answer: GatewayResponse,
    failure_of: Callable[[GatewayResponse], VendorFailure],
    build: Callable[[Fields], Record | None],
    since: datetime,
    size: int,
    after: str,
) -> RecordPage:
    """The page in an answer; entries for which `build` gives None, and those that are too old, are left out.

    Raises `failure_of` the answer where it is no success.
    """
    if not 200 <= answer.status < 300:
        raise failure_of(answer)
    try:
        entries = [build(entry) for entry in parse_list(answer.body)]
    except FieldError as error:
        raise broken(answer, error) from None
    records = tuple(record for record in entries if record is not None and record.changed_at >= since)
    return RecordPage(records, after if len(entries) >= size else None)


def entry_of(value: object, name: str) -> str:
    """A label: a text, or an object with its name."""
    found = value.get(name) if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""
