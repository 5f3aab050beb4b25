"""Ends an old secret at the vendor, where its file says how: after its overlap, and after the calls that may carry it.

The request goes the way of any call of the vendor's: limits, breaker, and the credential that is in force. It is asked
TRIES_MAX times; after that a person has to do it, and is told. A proxy that is restarted before has forgotten the old
secret: what the vendor file declares is a convenience, and the audit log says what was done.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.durable.outcome_lookup import CarryOut
from tidegate.proxy.onramp.gateway import Route
from tidegate.proxy.webhook_routes import OURSELVES
from tidegate.redaction.secret import Secret
from tidegate.vendor.auth_facts import Revocation
from tidegate.world.world import World

TRIES_MAX = 3
PAUSE_S = 60.0
"""Between two tries."""

RouteOf = Callable[[str, str, Mapping[str, str]], Route | Reply]
"""The way of a request by method and target, or why it has none."""


class SecretRevocation:
    """See the module."""

    def __init__(self, world: World, route: RouteOf, carry_out: CarryOut) -> None:
        self._world, self._route, self._carry_out = world, route, carry_out
        self._ids = world.random("revocations")

    async def revoke(self, vendor: str, facts: Revocation, old: Secret) -> str:
        """Revoke a secret. Returns why it was not, or nothing."""
        why = ""
        for number in range(TRIES_MAX):
            if number:
                await self._world.sleep(PAUSE_S)
            why = await self._try(vendor, facts, old)
            if not why:
                break
        return why

    async def _try(self, vendor: str, facts: Revocation, old: Secret) -> str:
        route = self._route(facts.method, f"/{vendor}{facts.path}", {})
        if isinstance(route, Reply):
            return route.detail or "it has no route"
        kind, content = _content(facts, old)
        now, headers = self._world.now(), {"Content-Type": kind}
        call = Call(
            call_id=f"{self._ids.getrandbits(96):024x}",
            app=OURSELVES,
            plan=route.plan,
            method=facts.method,
            path=facts.path,
            headers=CIMultiDictProxy(CIMultiDict(headers)),
            raw_headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
            content=WholeContent(content),
            began=now,
            deadline=now + route.plan.budget_s,
        )
        reply = await self._carry_out(route.handler, call)
        if reply.verdict is Verdict.SUCCESS:
            return ""
        return reply.problem.name if reply.problem is not None else f"the vendor answered {reply.status}"


def _content(facts: Revocation, old: Secret) -> tuple[str, bytes]:
    """The media type and the bytes that name the secret to the vendor."""
    named: Mapping[str, str] = {facts.field: old.reveal()}
    if facts.content == "json":
        return "application/json", orjson.dumps(named)
    return "application/x-www-form-urlencoded", urlencode(named).encode()
