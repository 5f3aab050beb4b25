"""A write that is not done yet: what a port gives an app when Tidegate carries it out later. Shared by all ports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deferred:
    """A write that Tidegate has accepted on disk, and carries out once, as soon as it can.

    What came of it is asked with the port's `…_of`, or by the same write under the same key. `record_url` leads to
    Tidegate's record of it, `call_id` is Tidegate's number of it. `ask_after_s` is when to ask first, in seconds; None
    where that is not known. `vendor` is the name of the one that it is for, where a port has several; else empty.
    """

    record_url: str
    call_id: str
    ask_after_s: float | None = None
    vendor: str = ""
