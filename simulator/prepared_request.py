"""A request that was read and checked, on its way to be carried out. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.merge.schema_merge import Way
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.trouble.faults import ChosenFaults


@dataclass(slots=True)
class PreparedRequest:
    """A request that was read and checked: what it asks for, and under which idempotency key.

    Not frozen: one is made for every request.
    """

    entry: JournalEntry
    operation: ResourceOperation
    params: dict[str, str]
    values: dict[str, Any]
    uploads: Mapping[str, UploadedFile]
    """The files that were sent, by the field of the body."""
    key: str
    place: str
    """The place where the key is stored."""
    headers: dict[str, str]
    """The headers that every answer to this request has."""
    faults: ChosenFaults
    base: str
    """The address at which the vendor was asked."""
    accept: str
    """The media types that the client takes."""
    way: Way
    """How the values change an object."""
    body: Any = None
    """The body, where it is no object."""
