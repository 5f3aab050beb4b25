"""Keeps the search for garbage out of trials, which it took a tenth of."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from tidegate.chaos.search_vendors import ADDRESSES, shipped


@contextmanager
def rare_collections() -> Iterator[None]:
    """No search for garbage within a trial, and one after it: a tenth of its time went there."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        gc.collect(1)  # the older ones were there before it


def prepare() -> None:
    """Make a process ready that plays nothing but trials: what is there now is never looked through for garbage."""
    for name in ADDRESSES:
        shipped(name)
    gc.collect()
    gc.freeze()
