"""Refuses a call whose placeholders are not its app's to use, before anything of it is kept, waits or leaves.

It stands outermost, also around what is carried out later. The secrets themselves are put in where the request is
written (tidegate.proxy.secrecy.placeholder_swap), so that no other stage sees one.
"""

from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.policy.privacy.placeholders import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.secrecy.placeholder_swap import PlaceholderSwap
from tidegate.proxy.secrecy.placeholder_texts import PlaceholderRefused
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]

_TOO_LARGE = "This operation takes placeholders in its body; a body larger than body_kept_bytes is not read for them."


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Looks at the declared places; lets everything else pass."""
    if plan.placeholders is None:
        return proceed
    places, swap = plan.placeholders, PlaceholderSwap(plan.placeholders)

    async def checked(call: Call) -> Reply:
        content = call.content
        if places.in_body and (content.stream is not None or content.digest):  # however it came, it is larger than kept
            return refused(replace(PROBLEMS["bad-request"], status=413), _TOO_LARGE)
        try:
            swap.swapped(call, upstream.grant(call))
        except PlaceholderRefused as error:
            return refused(PROBLEMS["placeholder-refused"], f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return await proceed(call)

    return checked
