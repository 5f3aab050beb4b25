"""The end of a call that its pipeline did not bring: whatever happens there, a reply comes of it, and it is recorded.

A bug of ours is a refusal, and never a silent one. What the pipeline does is the stages' matter.
"""

import asyncio

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.world.world import World


class CallExecution:
    """See the module. One for each proxy."""

    def __init__(self, world: World, telemetry: Telemetry) -> None:
        self._world = world
        self._telemetry = telemetry

    def failed(self, call: Call, error: BaseException) -> Reply:
        """The reply where a bug of ours ended the call. Raises whatever is none; one that is cancelled is recorded."""
        sent = call.plan.idempotency != "safe" and any(attempt.sent for attempt in call.attempts)
        if sent:
            call.outcome = Outcome.UNKNOWN
        if isinstance(error, asyncio.CancelledError):
            call.stop = "cancelled"
            gone = refused(PROBLEMS["internal-error"], "The call was cancelled.")
            gone.verdict = Verdict.CANCELLED
            self._telemetry.record(call, gone, self._world.now(), self._world.wall())
        if not isinstance(error, Exception):
            raise error
        self._telemetry.crashed(call.call_id, error, self._world.wall())
        if sent:
            return refused(PROBLEMS["outcome-unknown"], "Tidegate failed after the request had been sent.")
        return refused(PROBLEMS["internal-error"], "Tidegate failed; its log tells why.")

    async def carry_out(self, handler: Handler, call: Call) -> Reply:
        """The reply to a call that no app waits for, recorded."""
        try:
            reply = await handler(call)
        except BaseException as error:  # noqa: BLE001 - raised again, but for a bug of ours
            reply = self.failed(call, error)
        self._telemetry.record(call, reply, self._world.now(), self._world.wall())
        return reply
