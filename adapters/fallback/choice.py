"""Carries an intent out at one of several vendors, and at no second one while it may have happened at the first.

The rules:
1. An intent that has a vendor goes to that vendor.
2. A vendor that is away, refuses for its rate, or cannot do such a thing at all has done nothing: the next one is
   asked. Not so where the intent was begun there before and nobody knows what came of it (rule 3).
3. In doubt it stays where it is, until that vendor answers under the same key. A policy may say otherwise, for what
   does no harm when it happens twice.
4. An answer settles it, a declined or rejected one too.
5. Where all vendors were passed over, nothing was done, and the next call begins anew.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from tidegate.adapters.fallback.decisions import Decision, DecisionBook, PassedOver, Standing
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Conflict,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    Unsuited,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.payments import Declined

P = TypeVar("P")
R = TypeVar("R")

AWAY: Final = (Unavailable, RateLimited, Unsuited)
"""Nothing was done, and another vendor may do it."""
FINAL: Final = (Declined, Rejected)
"""The vendor's last word for this key."""


@dataclass(frozen=True, slots=True)
class FallbackPolicy:
    """What a port allows. With `in_doubt` the next vendor is asked even where the first may have done it."""

    in_doubt: bool = False


async def carried_out(
    key: str,
    vendors: Mapping[str, P],
    book: DecisionBook,
    act: Callable[[str, P], Awaitable[R]],
    policy: FallbackPolicy = FallbackPolicy(),
) -> R:
    """What `act` gives at the vendor that the rules choose, by its name; a Deferred of its has that name.

    Raises what `act` raises, and Conflict where somebody else pursues the same intent at the same moment.
    """
    decision, known = await _begun(key, vendors, book)
    for _ in range(len(vendors) + 1):
        try:
            result = await act(decision.vendor, _vendor(decision, vendors))
        except AWAY as failure:
            decision = await _passed(decision, known, vendors, book, failure)
            known = False
        except OutcomeUnknown as failure:
            decision = await _doubted(decision, book, failure)
            if not policy.in_doubt:
                raise
            decision, known = await _passed(decision, False, vendors, book, failure), False
        except VendorFailure as failure:
            await _ended(decision, known, book, failure)
            raise
        else:
            await book.replace(key, decision, replace(decision, standing=Standing.SETTLED))
            return _named(result, decision.vendor)
    raise Unavailable("No vendor of this port could be asked.")


def _vendor(decision: Decision, vendors: Mapping[str, P]) -> P:
    try:
        return vendors[decision.vendor]
    except KeyError:
        raise Misconfigured(
            f"this was begun at {decision.vendor}, which is no vendor of this port any more: {', '.join(vendors)}"
        ) from None


async def _begun(key: str, vendors: Mapping[str, object], book: DecisionBook) -> tuple[Decision, bool]:
    """The decision as it is from now on, written down, and whether the intent was begun before."""
    before = await book.find(key)
    if before is None:
        after = Decision(key, next(iter(vendors)), Standing.BEGUN, 1)
    else:
        after = replace(before, tries=before.tries + 1)
    if not await book.replace(key, before, after):
        raise Conflict("The same intent is pursued somewhere else at this moment.")
    return after, before is not None


async def _passed(
    decision: Decision, known: bool, vendors: Mapping[str, object], book: DecisionBook, failure: VendorFailure
) -> Decision:
    """The decision for the next vendor. Raises the failure where there is none, OutcomeUnknown where it stays."""
    if known:  # nothing was done now; but before?
        text = f"It was begun at {decision.vendor}, which cannot be asked now: {failure}"
        raise OutcomeUnknown(text, record_url=decision.record_url, call_id=failure.call_id) from failure
    passed = (*decision.passed, PassedOver(decision.vendor, f"{type(failure).__name__}: {failure}"))
    left = [name for name in vendors if name not in {one.vendor for one in passed}]
    after = Decision(decision.key, left[0], Standing.BEGUN, decision.tries + 1, passed) if left else None
    if not await book.replace(decision.key, decision, after):
        text = "The same intent is pursued somewhere else; it may have happened there."
        raise OutcomeUnknown(text, record_url=decision.record_url, call_id=failure.call_id) from failure
    if after is None:
        raise failure
    return after


async def _doubted(decision: Decision, book: DecisionBook, failure: OutcomeUnknown) -> Decision:
    doubted = replace(decision, standing=Standing.IN_DOUBT, record_url=failure.record_url)
    await book.replace(decision.key, decision, doubted)
    return doubted


async def _ended(decision: Decision, known: bool, book: DecisionBook, failure: VendorFailure) -> None:
    """Settle what the vendor has ended, and take away what was never begun; else leave it as it is."""
    done = isinstance(failure, VendorContractBroken) and failure.applied
    if done or isinstance(failure, FINAL):
        await book.replace(decision.key, decision, replace(decision, standing=Standing.SETTLED))
    elif isinstance(failure, Conflict):  # somebody is at work on it there, perhaps under this very key
        await book.replace(decision.key, decision, replace(decision, standing=Standing.IN_DOUBT))
    elif not known and isinstance(failure, Misconfigured):
        await book.replace(decision.key, decision, None)


def _named(result: R, vendor: str) -> R:
    return replace(result, vendor=vendor) if isinstance(result, Deferred) else result
