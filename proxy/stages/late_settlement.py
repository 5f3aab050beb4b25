"""Settles the record of a call: at once where the store takes it, else as soon as it does.

The answer goes to the app either way; until its record is settled, the key is taken.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.sealed.kept_answers import KeptAnswers
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

_LATE: set[asyncio.Task[None]] = set()
"""What still has to be said to a store that keeps a call waiting: each ends when the store answers."""
LATE_EVERY_S, LATE_TRIES = 2.0, 900
"""A record that the store does not take is given to it again so often: within half an hour."""
LATE_MAX = 1000
"""So many such records are remembered; of more, the keys are taken until their leases are over."""
_SETTLING = (Verdict.SUCCESS, Verdict.REJECTED)


def later(work: Coroutine[Any, Any, None]) -> None:
    """Let it go on although its call has ended."""
    task = asyncio.get_running_loop().create_task(work)
    _LATE.add(task)
    task.add_done_callback(_LATE.discard)


async def settle(
    world: World, records: Records, call: Call, reply: Reply | None, answers: KeptAnswers | None = None
) -> None:
    """Settle a call's record; None for a reply that never came.

    Where the store does not take it, the answer goes to the app all the same, and the record is settled once the store
    does: until then its key is taken. One that never is, is running until its lease is over, and unknown after that.
    """
    try:
        await _finish(records, call, reply, answers)
    except StoreError:
        if len(_LATE) < LATE_MAX:
            later(_settle_late(world, records, call, reply, answers))


async def _settle_late(
    world: World, records: Records, call: Call, reply: Reply | None, answers: KeptAnswers | None
) -> None:
    for _ in range(LATE_TRIES):
        await world.sleep(LATE_EVERY_S)
        with contextlib.suppress(StoreError):
            await _finish(records, call, reply, answers)
            return


async def _finish(records: Records, call: Call, reply: Reply | None, answers: KeptAnswers | None) -> None:
    """Raises StoreError."""
    now, digest = records.now(), call.content.digest
    if reply is None:
        await records.finish(call.call_id, call.outcome, now=now, digest=digest)
        return
    headers, body = reply.headers, reply.body
    if answers is not None:
        headers, body = answers.hidden(headers, body, call.call_id)
    await records.finish(
        call.call_id,
        call.outcome,
        now=now,
        settled=reply.verdict in _SETTLING and reply.problem is None,
        status=reply.status,
        headers=headers,
        body=body,
        whole=reply.whole,
        digest=digest,
    )
