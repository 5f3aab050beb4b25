"""Has a credential chosen for each attempt, where a vendor's provider may have to wait, has several, or signs.

It stands just outside the exchange, inside the limits: what waited in a queue gets the credential that is good when it
leaves, and what is signed is signed anew for each attempt. Other vendors' requests carry what is in force, and this
stage is not in their way.
"""

from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.credential import Signer
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.upstream.upstream import Upstream


def describe(plan: OperationPlan) -> str:
    """Nothing of it is set for one operation."""
    del plan
    return "the vendor's own, in force when the attempt begins"


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Asks the provider before each attempt."""
    del plan
    provider, request_head = upstream.provider, upstream.request_head
    if not provider.waits:
        return proceed

    async def with_credential(call: Call) -> Reply:
        refusal = await provider.for_call(call)
        if refusal is not None:
            return refusal
        call.written = b""  # an earlier stage may have written another credential
        signer = call.credential.signer if call.credential is not None else None
        if signer is not None:
            flaw = _flaw(call, signer)
            if flaw is not None:
                return flaw
            call.written = signer.signed(request_head(call))
        return await proceed(call)

    return with_credential


def _flaw(call: Call, signer: Signer) -> Reply | None:
    """The refusal of a request that cannot be signed."""
    whole = call.content.whole
    if whole is None:
        if not signer.needs_body:
            return None
        detail = "This vendor's requests are signed over their content, and this one is too large to be held for that."
        return refused(replace(PROBLEMS["bad-request"], status=413), detail)
    flaw = signer.flaw(call.method, call.headers.get("Content-Type", ""), whole)
    return refused(PROBLEMS["bad-request"], flaw) if flaw else None
